// What blog does by itself, asked of Eleventy: see benchmarks/peers.py.
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const markdown = require("markdown-it");
const footnotes = require("markdown-it-footnote");
const highlight = require("@11ty/eleventy-plugin-syntaxhighlight");

const sheet = 10;
const day = (date) => date.toISOString().slice(0, 10);

// One item for each sheet of each term of a taxonomy.
const sheets = (posts, terms) => {
  const found = new Map();
  for (const post of posts)
    for (const term of terms(post)) found.set(term, [...(found.get(term) ?? []), post]);
  return [...found].flatMap(([term, items]) =>
    Array.from({ length: Math.ceil(items.length / sheet) }, (_, page) => ({
      term, page, count: items.length, last: (page + 1) * sheet >= items.length,
      posts: items.slice(page * sheet, (page + 1) * sheet),
    })));
};

export default async function (config) {
  const { dateToRfc822 } = await import("@11ty/eleventy-plugin-rss");
  config.addPlugin(highlight);
  config.setLibrary("md", markdown({ html: true, typographer: true }).use(footnotes));
  config.addFilter("day", day);
  config.addFilter("rfc822", dateToRfc822);
  config.addFilter("first", (items, count) => items.slice(0, count));
  config.addFilter("summary", (html) => (html.match(/<p>([^]*?)<\/p>/)?.[1] ?? "").replace(/<[^>]*>/g, ""));
  const posts = (api) => api.getFilteredByGlob("content/posts/*.md").reverse();
  config.addCollection("posts", posts);
  config.addCollection("tagSheets", (api) => sheets(posts(api), (post) => post.data.tags ?? []));
  config.addCollection("kindSheets", (api) => sheets(posts(api), (post) => post.data.kinds ?? []));
  config.addCollection("seriesSheets", (api) => sheets(posts(api), (post) => post.data.series ?? []));
  config.addPassthroughCopy({ static: "." });
  return {
    dir: { input: "content", includes: "../_includes", output: "public" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}
