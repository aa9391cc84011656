"use strict";
// Shared by the pages: reads the site's own files, hashes, and shows text. Nothing is uploaded or loaded from elsewhere.
const root = document.body.dataset.root;
const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
const text = bytes => new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
const encode = string => new TextEncoder().encode(string);

async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) throw new Error("Browsers compute digests only on pages loaded over https.");
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

async function read(path) { // a file of the site, null where there is none
  const response = await fetch(root + path, {cache: "no-cache", redirect: "error"});
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path} could not be read (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

function element(name, words = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = words;
  made.className = kind;
  return made;
}

function onFile(answer) { // a file that is dropped or chosen: its name and sha256
  const input = document.getElementById("file"), box = input.closest(".drop");
  const told = document.getElementById("file-answer");
  const take = async file => {
    if (!file) return;
    told.textContent = "Computing its sha256 …";
    try {
      told.replaceChildren(...await answer(file.name, hex(await sha256(await file.arrayBuffer()))));
    } catch (error) { told.textContent = error.message; }
  };
  input.addEventListener("change", () => take(input.files[0]));
  document.addEventListener("dragover", event => { event.preventDefault(); box.classList.add("over"); });
  document.addEventListener("dragleave", () => box.classList.remove("over"));
  document.addEventListener("drop", event => {
    event.preventDefault();
    box.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
}
