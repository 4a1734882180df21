// A button on each listing that copies it. The words are those of the page that loads this script; without it, or
// without a clipboard (a page that is not from https), there is no button.
if (navigator.clipboard) {
  const { copy, copied } = document.currentScript.dataset;
  const undo = [];

  function add(listing) {
    let figure = listing.closest("figure.code");
    if (!figure) {
      figure = document.createElement("figure");
      figure.className = "code";
      listing.replaceWith(figure);
      figure.append(listing);
      undo.push(() => figure.replaceWith(listing));
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.onclick = async () => {
      await navigator.clipboard.writeText(listing.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2000);
    };
    figure.append(button);
    undo.push(() => button.remove());
  }

  const addAll = () => document.querySelectorAll("pre.code").forEach(add);
  addAll();
  document.addEventListener("blog:before", () => {
    while (undo.length) undo.pop()();
  });
  document.addEventListener("blog:after", addAll);
}
