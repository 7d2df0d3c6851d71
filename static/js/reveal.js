// On a phone the main menu and the tabs scroll sideways: bring the present one into sight.
for (const here of document.querySelectorAll(".nav-main [aria-current], .nav-underline [aria-current]")) {
  const list = here.closest("ul, ol");
  if (list.scrollWidth <= list.clientWidth) continue;
  const from = here.getBoundingClientRect().left - list.getBoundingClientRect().left;
  list.scrollLeft += from - (list.clientWidth - here.offsetWidth) / 2;
}
