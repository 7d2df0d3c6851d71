// Tab comes to one point of a chart, at first its last one, and the arrow keys, Home and End walk all
// of them. Without this script Tab goes through the points that can be reached.
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const pointsOf = (chart) => [...chart.querySelectorAll(".pick")];

const stopAt = (points, one) => {
  for (const each of points) each.setAttribute("tabindex", each === one ? 0 : -1);
};

document.addEventListener("keydown", (event) => {
  const here = event.target.closest?.(".chart .pick");
  const step = STEPS[event.key];
  if (!here || !step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  const points = pointsOf(here.closest(".chart"));
  const place = Math.min(points.length - 1, Math.max(0, points.indexOf(here) + step));
  stopAt(points, points[place]);
  points[place].focus();
});

// Of every chart in a part of the page.
export const walkPoints = (part) => {
  for (const chart of part.querySelectorAll(".chart")) {
    const points = pointsOf(chart);
    stopAt(points, points.at(-1));
  }
};
walkPoints(document);
