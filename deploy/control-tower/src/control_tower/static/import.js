// Sends a chosen file on from where it has ended, in parts that end with a whole row; the server says how far it is.
"use strict";

const PART_BYTES = 128 * 1024;

// Where the last whole row of a part ends; inside quotes of a CSV file a line end belongs to the text.
function rowsEnd(bytes, format) {
  let quotes = 0, end = 0;
  bytes.forEach((byte, place) => {
    if (byte === 34 && format === "csv") quotes += 1;
    if (byte === 10 && quotes % 2 === 0) end = place + 1;
  });
  return end;
}

async function sendFile(form, say) {
  const file = form.elements.file.files[0];
  const format = form.elements.format.value;
  const reads = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let at = Number(form.elements.at.value);
  while (at < file.size) {
    const bytes = new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer());
    const end = at + bytes.length === file.size ? bytes.length : rowsEnd(bytes, format);
    if (!end) throw new Error(`the row after byte ${at} is too long, or a quote is not closed`);
    const body = new URLSearchParams({
      part: reads.decode(bytes.subarray(0, end)), at, format, form_token: form.elements.form_token.value,
    });
    const answer = await fetch(form.action, { method: "POST", body });
    const said = await answer.json();
    if (!answer.ok) throw new Error([said.trouble ?? said.detail, ...(said.errors ?? []).map((one) => `${one.pointer}: ${one.detail}`)].join("; "));
    at = said.bytes;
    form.elements.at.value = at;
    form.querySelector("progress").value = at / file.size;
    say(`${said.rows} rows`);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-file]");
  if (!form) return;
  form.hidden = false;
  const told = form.querySelector("[role=status]");
  const say = (text) => { told.textContent = text; };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await sendFile(form, say);
      location.reload();
    } catch (failure) {
      say(`It stopped after byte ${form.elements.at.value}: ${failure.message}. Send the file again to go on from there.`);
      button.disabled = false;
    }
  });
});
