// Dragging over a free stretch of a car chooses from when to when, a click with the mouse when to leave. The link below
// does without this script what its address says; fingers scroll the line and follow the link.

// A drag shorter than this many pixels is a click.
const CLICK = 6;

export default function dayLine(table) {
  const { begin, minutes, step } = table.dataset;
  // The company's wall clock is read as if it were UTC, so that the browser's own zone stays out of it.
  const start = Date.parse(`${begin}Z`);
  let drag = null;
  let answered = false;

  // Where the line is wider than the screen it begins a little before now, not at six.
  const now = table.querySelector("[data-now]");
  if (now) {
    const width = now.ownerSVGElement.getBoundingClientRect().width;
    table.parentElement.scrollLeft = (parseFloat(now.getAttribute("x")) / 100) * width - 40;
  }

  const written = (share, round) => {
    const minute = round((share * minutes) / step) * step;
    return new Date(start + minute * 60000).toISOString().slice(0, 16);
  };
  const shareAt = (event) => {
    const box = drag.drawing.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, drag.left), drag.right);
  };
  const ends = (event) => [drag.from, shareAt(event)].sort((one, other) => one - other);
  const stop = () => {
    drag?.mark.remove();
    drag = null;
  };

  table.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("[data-free]");
    answered = Boolean(link) && !event.button && !event.ctrlKey && !event.metaKey && event.pointerType !== "touch";
    if (!answered) return;
    const area = link.querySelector("rect");
    const left = parseFloat(area.getAttribute("x")) / 100;
    const mark = document.createElementNS(link.namespaceURI, "rect");
    for (const [name, value] of Object.entries({ height: "100%", fill: "var(--info-soft)", stroke: "var(--action)" })) {
      mark.setAttribute(name, value);
    }
    const right = left + parseFloat(area.getAttribute("width")) / 100;
    drag = { link, mark, left, right, drawing: link.ownerSVGElement, at: event.clientX };
    drag.from = shareAt(event);
    link.append(mark);
    event.preventDefault();
  });

  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [from, to] = ends(event);
    drag.mark.setAttribute("x", `${from * 100}%`);
    drag.mark.setAttribute("width", `${(to - from) * 100}%`);
  });

  addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [from, to] = ends(event);
    // What is rounded must not begin before the stretch does, nor end after it.
    const first = [written(from, Math.floor), written(drag.left, Math.ceil)].sort()[1];
    const last = [written(to, Math.ceil), written(drag.right, Math.floor)].sort()[0];
    const address = new URL(drag.link.href.baseVal, location.href);
    address.searchParams.set("from", first);
    if (Math.abs(event.clientX - drag.at) > CLICK && last > first) address.searchParams.set("to", last);
    stop();
    location.assign(address);
  });

  table.addEventListener("click", (event) => {
    if (answered && event.detail && event.target.closest("[data-free]")) event.preventDefault();
  });
  table.addEventListener("dragstart", (event) => event.preventDefault());
  addEventListener("pointercancel", stop);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });
}
