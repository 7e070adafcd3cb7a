// <log-stream data-url="/ops/runs/ID/log"><div class="log"><ol>…</ol></div></log-stream>
// The lines so far are in the page; data-url, a stream of server-sent events, adds to them:
//   event: line   data: {"at": "2026-01-01T09:00:00Z", "level": "info|warn|error", "text": "…"}
//   event: end    data: {"state": "released", "text": "Released in 3 s"}   (then the stream is closed)
// Each line has an `id:`, so that a connection that broke goes on where it was.
class LogStream extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector(".log");
    this.list = this.querySelector("ol");
    this.box.scrollTop = this.box.scrollHeight;
    if (!this.dataset.url) return;
    this.source = new EventSource(this.dataset.url);
    this.source.addEventListener("line", (event) => this.add(JSON.parse(event.data)));
    this.source.addEventListener("end", (event) => {
      const { state, text } = JSON.parse(event.data);
      this.source.close();
      this.dataset.state = state;
      if (text) document.dispatchEvent(new CustomEvent("agora:say", { detail: text }));
      this.dispatchEvent(new CustomEvent("agora:ended", { bubbles: true, detail: { state } }));
    });
  }

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
