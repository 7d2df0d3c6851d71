// On a phone the main menu and the tabs scroll sideways: bring the present one into sight, and whichever
// has the focus, which a browser leaves at the edge where a little of it is seen.
for (const here of document.querySelectorAll(".nav-main [aria-current], .nav-underline [aria-current]")) {
  const list = here.closest("ul, ol");
  if (list.scrollWidth <= list.clientWidth) continue;
  const from = here.getBoundingClientRect().left - list.getBoundingClientRect().left;
  list.scrollLeft += from - (list.clientWidth - here.offsetWidth) / 2;
}
document.addEventListener("focusin", ({ target }) => {
  if (!target.closest(".nav-main, .nav-underline")) return;
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
