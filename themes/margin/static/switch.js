{
  const words = document.currentScript.dataset;
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const DARK = "screen and (prefers-color-scheme: dark)";
  let darkPictures = [];
  const button = document.createElement("button");
  let chosen = "";
  try {
    chosen = localStorage.getItem("scheme") ?? "";
  } catch {}

  const isDark = () => (chosen ? chosen === "dark" : system.matches);
  function show() {
    root.style.colorScheme = chosen;
    root.dataset.scheme = isDark() ? "dark" : "light";
    button.title = isDark() ? words.light : words.dark;
    button.ariaLabel = button.title;
    for (const source of darkPictures) source.media = chosen ? (isDark() ? "screen" : "not all") : DARK;
  }

  button.type = "button";
  button.className = "switch";
  button.onclick = () => {
    const wanted = isDark() ? "light" : "dark";
    chosen = wanted === (system.matches ? "dark" : "light") ? "" : wanted;
    try {
      if (chosen) localStorage.setItem("scheme", chosen);
      else localStorage.removeItem("scheme");
    } catch {}
    show();
  };
  system.onchange = show;
  if (!["light", "dark"].includes(chosen)) chosen = "";
  show();
  const place = document.createElement("li");
  place.append(button);
  function add() {
    darkPictures = [...document.querySelectorAll(`source[media="${DARK}"]`)];
    const head = document.querySelector(".site-head") ?? document.body;
    const list = head.querySelector("ul") ?? head.appendChild(document.createElement("ul"));
    list.append(place);
    show();
  }
  addEventListener("DOMContentLoaded", add);
  document.addEventListener("blog:before", () => {
    for (const source of darkPictures) source.media = DARK;
    place.remove();
  });
  document.addEventListener("blog:after", add);
}
