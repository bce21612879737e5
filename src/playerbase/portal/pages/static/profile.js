// Sends a picture where the API says, as soon as it is chosen, and waits until it was looked through.
"use strict";

{
  const csrf = document.querySelector("[data-pictures]").dataset.csrf;
  const API = "/api/v1/profiles/me";

  const ask = async (method, path, body) => {
    const headers = { accept: "application/json", "x-csrf-token": csrf };
    if (body) headers["content-type"] = "application/json";
    const answer = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
    const told = await answer.json();
    if (!answer.ok) throw new Error((told.errors && told.errors[0] && told.errors[0].message) || told.detail || told.title);
    return told;
  };

  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // Not fetch: it tells nobody how far it has come.
  const send = (begun, file, bar) => new Promise((done, failed) => {
    const call = new XMLHttpRequest();
    call.open(begun.method, begun.upload_url);
    for (const [name, value] of Object.entries(begun.headers)) call.setRequestHeader(name, value);
    if (new URL(begun.upload_url, location.href).origin === location.origin) call.setRequestHeader("x-csrf-token", csrf);
    call.upload.addEventListener("progress", (event) => { bar.value = (100 * event.loaded) / event.total; });
    call.addEventListener("load", () => (call.status < 300 ? done() : failed(new Error("It was not taken; choose it again."))));
    call.addEventListener("error", () => failed(new Error("The connection broke; choose it again.")));
    call.send(file);
  });

  const pause = () => new Promise((done) => setTimeout(done, 500));

  const settled = async (id, kind) => {
    for (;;) {
      const stands = await ask("GET", `/uploads/${id}`);
      if (stands.state === "refused") throw new Error(stands.message);
      if (stands.state === "ready") break;
      if (!["draft", "uploaded", "processing"].includes(stands.state)) return;
      await pause();
    }
    // It is ready a moment before the profile shows it.
    while (!((await ask("GET", ""))[`${kind}_url`] || "").includes(id)) await pause();
  };

  for (const part of document.querySelectorAll("[data-picture]")) {
    const field = part.querySelector("input[type=file]");
    const bar = part.querySelector("progress");
    const word = part.querySelector("[data-say]");
    const kind = part.dataset.picture;
    const say = (text, is_bad) => {
      word.textContent = text;
      word.classList.toggle("bad", Boolean(is_bad));
    };
    field.addEventListener("change", async () => {
      const file = field.files[0];
      if (!file) return;
      field.disabled = true;
      try {
        if (file.size > Number(part.dataset.bytesMax)) throw new Error("The file is too large.");
        if (!window.crypto.subtle) throw new Error("This browser sends pictures over https only.");
        bar.value = 0;
        bar.hidden = false;
        say("Sending");
        const checksum = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
        const begun = await ask("POST", `/${kind}/upload-url`, { size: file.size, content_type: file.type, checksum });
        // The address may name this host in another way than the page does; it is the same path here.
        if (begun.upload_url.includes("/objects/") && !begun.headers["if-none-match"]) {
          begun.upload_url = new URL(begun.upload_url).pathname;
        }
        await send(begun, file, bar);
        await ask("POST", `/${kind}/confirm`, { upload_id: begun.upload_id });
        say("Sent. It is being looked through");
        await settled(begun.upload_id, kind);
        location.assign("/portal/profile?told=saved");
      } catch (fault) {
        say(fault.message, true);
        bar.hidden = true;
        field.value = "";
      } finally {
        field.disabled = false;
      }
    });
  }
}
