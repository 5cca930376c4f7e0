"use strict";
(() => {
  const form = document.getElementById("filters");
  const controls = [...form.elements].filter((e) => e.name);
  const search = form.elements.q;
  const rows = [...document.querySelectorAll("[data-row]")].map((element) => ({
    element,
    conflict: element.matches(".conflict"),
    text: element.textContent.toLowerCase().replace(/\s+/g, " "),
    source: list(element.dataset.sources),
    audience: list(element.dataset.audience),
    type: element.dataset.type,
    kind: element.dataset.kind,
    status: element.dataset.status,
  }));
  const conflicts = rows.filter((r) => r.conflict);
  const all = Number(document.querySelector("main").dataset.total);

  function list(json) { return json === undefined ? null : JSON.parse(json); }

  // Words that a row does not have (a stale page has no type) do not hide it.
  function fits(row, wanted, words) {
    return words.every((w) => row.text.includes(w))
      && (!wanted.source || !row.source || row.source.some((s) => s === wanted.source || s.startsWith(`${wanted.source}/`)))
      && (!wanted.audience || !row.audience || row.audience.includes(wanted.audience))
      && ["type", "kind", "status"].every((k) => !wanted[k] || row[k] === undefined || row[k] === wanted[k]);
  }

  function apply() {
    const wanted = Object.fromEntries(controls.map((c) => [c.name, c.value]));
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.element.hidden = !fits(row, wanted, words);
    const filtered = controls.some((c) => c.value.trim());
    for (const section of document.querySelectorAll(".filterable")) {
      const count = section.querySelector(".count");
      const shown = section.querySelectorAll("[data-row]:not([hidden])").length;
      count.dataset.all ??= count.textContent;
      count.textContent = filtered ? `${shown.toLocaleString("en")} of ${Number(count.dataset.total).toLocaleString("en")}` : count.dataset.all;
    }
    const left = conflicts.filter((r) => !r.element.hidden).length;
    document.getElementById("none").hidden = left > 0 || !filtered;
    const on = conflicts.length.toLocaleString("en");
    const absent = all - conflicts.length;
    document.getElementById("matches").textContent = (filtered ? `${left.toLocaleString("en")} of ${on} conflicts match` : `${on} conflicts`)
      + (absent ? `; ${absent.toLocaleString("en")} more are not on this page` : "");
  }

  // The address keeps the filters; a plain anchor in it stays an anchor.
  function remember() {
    const kept = new URLSearchParams(controls.filter((c) => c.value).map((c) => [c.name, c.value])).toString();
    history.replaceState(null, "", kept ? `#${kept}` : location.pathname + location.search);
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const kept = new URLSearchParams(hash);
      for (const c of controls) c.value = kept.get(c.name) ?? "";
      for (const c of controls) if (c.selectedIndex === -1) c.value = "";
      apply();
      return;
    }
    const target = hash && document.getElementById(decodeURIComponent(hash));
    if (target && target.hidden) {
      for (const c of controls) c.value = "";
      apply();
      target.scrollIntoView();
    }
  }

  function move(step) {
    const shown = conflicts.map((r) => r.element).filter((e) => !e.hidden);
    if (!shown.length) return;
    const here = document.activeElement.closest(".conflict");
    const at = here ? shown.indexOf(here) : step > 0 ? -1 : shown.length;
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }

  async function copy(code, button) {
    let done = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  for (const code of document.querySelectorAll(".command > code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${code.textContent}`);
    button.addEventListener("click", () => copy(code, button));
    code.after(button);
  }
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  addEventListener("hashchange", recall);
  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target.matches("input, select, textarea")) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    if (e.key === "/") { e.preventDefault(); search.focus(); search.select(); }
    if (e.key === "j") move(1);
    if (e.key === "k") move(-1);
  });
  document.documentElement.classList.add("scripted");
  form.hidden = false;
  apply();
  recall();
})();
