// <log-stream data-url="/api/v1/…/runs/ID/events" data-whole><div class="log"><ol>…</ol></div></log-stream>
// The lines so far are in the page; data-url, a stream of server-sent events, adds to them, or with
// data-whole tells them all again, and the page is looked at anew when it has ended:
//   event: log   data: {"at": "2026-01-01T09:00:00Z", "level": "info|warn|error", "text": "…"}
//   event: end   data: {"state": "released", "text": "Released in 3 s"}, or {}   (then the stream is closed)
// Each line has an `id:`, so that a connection that broke goes on where it was.
class LogStream extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector(".log");
    this.list = this.querySelector("ol");
    this.box.scrollTop = this.box.scrollHeight;
    if (!this.dataset.url) return;
    this.source = new EventSource(this.dataset.url);
    this.source.addEventListener("log", (event) => {
      if ("whole" in this.dataset && !this.heard) this.list.replaceChildren();
      this.heard = true;
      this.add(JSON.parse(event.data));
    });
    this.source.addEventListener("error", () => { if (this.source.readyState === EventSource.CLOSED) this.again(); });
    this.source.addEventListener("end", (event) => {
      const { state, text } = JSON.parse(event.data);
      this.source.close();
      this.dataset.state = state ?? "ended";
      if ("whole" in this.dataset) this.again();
      if (text) document.dispatchEvent(new CustomEvent("agora:say", { detail: text }));
      this.dispatchEvent(new CustomEvent("agora:ended", { bubbles: true, detail: { state } }));
    });
  }

  // Who cannot listen looks again after a while.
  again() { setTimeout(() => { if (this.isConnected) location.reload(); }, 1500); }

  add({ at, level, text }) {
    const following = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 40;
    const line = document.createElement("li");
    line.className = level ?? "";
    const time = line.appendChild(document.createElement("time"));
    time.dateTime = at;
    time.textContent = at.slice(11, 19);
    line.appendChild(document.createElement("span")).textContent = text;
    this.list.append(line);
    while (this.list.children.length > 5000) this.list.firstChild.remove();
    if (following) this.box.scrollTop = this.box.scrollHeight;
  }

  disconnectedCallback() { this.source?.close(); }
}
customElements.define("log-stream", LogStream);
