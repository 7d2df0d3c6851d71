// Runs before the first paint: the stored choice, else the system's, as Bootstrap's attribute.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("scheme");
    } catch {
      // Storage is off: the system's scheme it is.
    }
    root.dataset.bsTheme = chosen ?? (system.matches ? "dark" : "light");
  };
  root.classList.add("has-script");
  system.addEventListener("change", apply);
  apply();
})();
