// The surround: dark, grey or light. A plain script in the head, so that the page is never seen in another one first.
(() => {
  const themes = ["dark", "grey", "light"];
  let chosen = null;
  try {
    chosen = localStorage.getItem("reel-theme");
  } catch {
    // Storage may be switched off: then the system's own is taken.
  }
  if (themes.includes(chosen)) document.documentElement.dataset.theme = chosen;
})();
