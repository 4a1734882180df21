export default function (config) {
  config.addPassthroughCopy({ "./public/": "/" });
  config.addPassthroughCopy("img");
  return { dir: { input: "content", output: "_site" } };
}
