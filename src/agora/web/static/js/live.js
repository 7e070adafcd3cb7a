// What waits for this person, as it happens: GET /events is a stream of server-sent events
//   event: counts   data: {"unread": 3, "waiting": 1}   the bell shows the unread ones
//   event: toast    data: {"text": "…"}                 told at the foot of the page
// Only a page that is somebody's (<html data-live>) and is looked at listens: a browser allows few connections to one place.
let source;
let last;

function show({ unread }) {
  last = { unread };
  const link = document.querySelector("#bell a");
  if (!link) return;
  link.querySelector(".visually-hidden").textContent = unread ? `Notifications, ${unread} unread` : "Notifications";
  let count = link.querySelector(".count");
  if (!unread) return count?.remove();
  if (!count) {
    count = link.appendChild(document.createElement("span"));
    count.className = "count";
    count.ariaHidden = "true";
  }
  count.textContent = unread < 100 ? unread : "99+";
}

function listen() {
  const wanted = "live" in document.documentElement.dataset
    && document.visibilityState === "visible" && document.getElementById("bell");
  if (!wanted) {
    source?.close();
    source = undefined;
  } else if (!source || source.readyState === EventSource.CLOSED) {
    source = new EventSource("/events");
    source.addEventListener("counts", (event) => show(JSON.parse(event.data)));
    source.addEventListener("toast", (event) =>
      document.dispatchEvent(new CustomEvent("agora:toast", { detail: JSON.parse(event.data) })));
  }
}
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => { source?.close(); source = undefined; });
addEventListener("pageshow", listen);
document.addEventListener("htmx:after:swap", () => { listen(); if (last && document.getElementById("bell")) show(last); });
listen();
