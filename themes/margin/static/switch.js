// A button for light or dark. What a reader chose is kept in this browser; whoever chose nothing, or the same as the
// system, follows the system. It runs before the page is drawn, so that nothing flashes.
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
  } catch {} // storage is switched off: the choice holds for this page

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
  addEventListener("DOMContentLoaded", () => {
    darkPictures = [...document.querySelectorAll(`source[media="${DARK}"]`)];
    show();
    const head = document.querySelector(".site-head") ?? document.body;
    const list = head.querySelector("ul") ?? head.appendChild(document.createElement("ul"));
    list.appendChild(document.createElement("li")).append(button);
  });
}
