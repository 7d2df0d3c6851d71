// A button [data-scheme-toggle] switches between light and dark and remembers the choice.
for (const button of document.querySelectorAll("[data-scheme-toggle]")) {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("scheme", root.dataset.bsTheme);
    } catch {
      // Storage is off: the choice holds for this page.
    }
  });
}
