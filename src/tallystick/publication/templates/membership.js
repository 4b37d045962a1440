"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(byId("words").textContent);
  const language = document.documentElement.lang;
  const collator = new Intl.Collator(language, { numeric: true });
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
  const make = (name, text, attributes) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  };
  const cell = (row, place) => row.cells[place].textContent.trim();

  // The table of members: what fits the filter, in the order asked for, a page at a time.
  const table = byId("members");
  const body = table.tBodies[0];
  const all = Array.from(body.rows);
  const texts = all.map((row) => [0, 1, 8].map((place) => cell(row, place)).join("\n").toLocaleLowerCase(language));
  const heads = Array.from(table.tHead.rows[0].cells);
  const filter = byId("filter");
  let fitting = all.map((_, place) => place);
  let sorted = { column: -1, down: false };
  let first = 0;

  // What is empty stands last, whichever way the column is turned.
  const keyOf = (row, column) => {
    const text = cell(row, column);
    if (text === words.nothing || text === "") return null;
    const kind = heads[column].dataset.k;
    if (kind === "n") return parseFloat(text);
    if (kind === "b") return words.bands.findIndex((band) => text === band || text.startsWith(`${band} (`));
    return text;
  };
  const inOrder = (places) => {
    if (sorted.column < 0) return places;
    const keys = new Map(places.map((place) => [place, keyOf(all[place], sorted.column)]));
    const turn = sorted.down ? -1 : 1;
    const coded = heads[sorted.column].dataset.k === "c"; // digits within a code are no numbers
    return places.sort((one, other) => {
      const [a, b] = [keys.get(one), keys.get(other)];
      if (a === null || b === null) return a === b ? one - other : a === null ? 1 : -1;
      const order = typeof a === "number" ? a - b : coded ? Number(a > b) - Number(a < b) : collator.compare(a, b);
      return order ? turn * order : one - other;
    });
  };
  const show = () => {
    const size = Number(byId("f-size").value) || fitting.length || 1;
    first = Math.max(0, Math.min(first, fitting.length - 1));
    first -= first % size;
    const last = Math.min(first + size, fitting.length);
    body.replaceChildren(...fitting.slice(first, last).map((place) => all[place]));
    byId("p-back").disabled = first === 0;
    byId("p-on").disabled = last >= fitting.length;
    const facts = { from: first + 1, to: last, n: fitting.length, all: all.length };
    byId("p-said").textContent = fill(fitting.length ? words.showing : words.showing_none, facts);
  };
  const refresh = () => {
    const wanted = byId("f-text").value.trim().toLocaleLowerCase(language);
    const light = byId("f-light").value;
    const word = byId("f-word").value;
    fitting = inOrder(all.map((_, place) => place).filter((place) => {
      const row = all[place];
      return (light === "*" || (row.dataset.l || "") === light)
        && (word === "*" || row.dataset.w === word)
        && texts[place].includes(wanted);
    }));
    first = 0;
    show();
  };
  heads.forEach((head, column) => {
    const button = make("button", head.textContent, { type: "button" });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const again = sorted.column === column;
      sorted = { column, down: again ? !sorted.down : "down" in head.dataset };
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      refresh();
    });
  });
  filter.addEventListener("input", refresh);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(refresh));
  byId("p-back").addEventListener("click", () => { first -= Number(byId("f-size").value); show(); });
  byId("p-on").addEventListener("click", () => { first += Number(byId("f-size").value); show(); });
  filter.hidden = byId("pages").hidden = false;
  refresh();

  // Paper has no pages to turn and nothing to unfold: all that fits the filter is printed.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    body.replaceChildren(...fitting.map((place) => all[place]));
    folded = Array.from(document.querySelectorAll("details.fold:not([open])"));
    folded.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => {
    folded.forEach((one) => { one.open = false; });
    show();
  });

  // One member: where it lies in each dimension, and the members nearest to it.
  const measured = Array.from(byId("measured").tBodies[0].rows);
  const fives = Array.from(byId("fives").tBodies[0].rows).map((row) => ({
    name: cell(row, 0), numbers: [4, 5, 6, 7, 8].map((place) => cell(row, place)),
  }));
  const chosen = byId("chosen");
  const FIRST = 4; // the column of the first dimension
  const strip = (numbers, value) => {
    const drawn = (name, attributes) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, told] of Object.entries(attributes)) made.setAttribute(key, told);
      return made;
    };
    const known = numbers.map(Number);
    const low = Math.min(Number(words.scale[0]), known[0]);
    const span = Math.max(Number(words.scale[1]), known[4]) - low || 1;
    const at = (number) => (4 + ((number - low) / span) * 192).toFixed(1);
    const said = fill(words.picture_told, { value, least: numbers[0], greatest: numbers[4] });
    const svg = drawn("svg", { class: "strip", width: 200, height: 26, viewBox: "0 0 200 26", role: "img", "aria-label": said });
    svg.append(
      drawn("line", { x1: at(known[0]), x2: at(known[4]), y1: 17, y2: 17 }),
      drawn("rect", { x: at(known[1]), y: 11, width: (at(known[3]) - at(known[1])).toFixed(1), height: 12 }),
      drawn("line", { class: "median", x1: at(known[2]), x2: at(known[2]), y1: 11, y2: 23 }),
      drawn("path", { d: `M${at(Number(value))} 12l-5 -10h10z` }),
    );
    return svg;
  };
  const tableOf = (caption, names, numeric) => {
    const made = make("table", undefined, { class: "plain" });
    const row = made.createTHead().insertRow();
    names.forEach((name, place) => row.append(make("th", name, { scope: "col", class: numeric(place) ? "n" : "s" })));
    made.prepend(make("caption", caption));
    made.createTBody();
    const scroll = make("div", undefined, { class: "scroll", tabindex: "0", role: "group", "aria-label": caption });
    scroll.append(made);
    return [made, scroll];
  };
  const headOf = (name) => make("th", name, { scope: "row" });
  const showMember = (place) => {
    const row = measured[place];
    const called = `${cell(row, 0)} (${cell(row, 1)})`;
    const [positions, around] = tableOf(called, [...words.heads, words.picture], (place) => place === 1 || (place > 2 && place < 8));
    fives.forEach((five, number) => {
      const value = cell(row, FIRST + number);
      if (value === words.nothing) return;
      const line = positions.tBodies[0].insertRow();
      line.append(headOf(five.name), make("td", value, { class: "n" }));
      line.append(make("td", words.positions[row.dataset.q[number]]));
      five.numbers.forEach((told) => line.append(make("td", told, { class: "n" })));
      line.insertCell().append(strip(five.numbers, value));
    });
    if (!positions.tBodies[0].rows.length) {
      chosen.replaceChildren(make("h3", called), make("p", words.no_numbers));
      return;
    }
    chosen.replaceChildren(make("h3", called), around);
    if (!row.dataset.b) return;
    const names = Array.from(byId("measured").tHead.rows[0].cells, (head) => head.textContent);
    const caption = `${words.nearest}: ${words.by[Number(row.dataset.b)]}`;
    const [peers, beside] = tableOf(caption, [names[0], names[1], heads[2].textContent, heads[4].textContent, heads[5].textContent, heads[6].textContent, ...names.slice(2)], (place) => place === 2 || place > 6);
    [place, ...row.dataset.p.split(" ").filter(Boolean).map(Number)].forEach((other) => {
      const line = peers.tBodies[0].insertRow();
      line.append(headOf(cell(measured[other], 0)), make("td", cell(measured[other], 1), { class: "uscc" }));
      [2, 4, 5, 6].forEach((column) => line.append(make("td", cell(all[other], column), { class: column === 2 ? "n" : all[other].cells[column].className || "s" })));
      for (let column = 2; column < names.length; column += 1) {
        line.append(make("td", cell(measured[other], column), column > 2 ? { class: "n" } : {}));
      }
    });
    chosen.append(beside);
  };
  const labels = measured.map((row) => `${cell(row, 0)} (${cell(row, 1)})`);
  const choose = (typed) => {
    const wanted = typed.trim().toLocaleLowerCase(language);
    if (!wanted) { chosen.replaceChildren(); return; }
    let place = measured.findIndex((row, n) => [labels[n], cell(row, 0), cell(row, 1)].some((one) => one.toLocaleLowerCase(language) === wanted));
    if (place < 0) place = labels.findIndex((label) => label.toLocaleLowerCase(language).includes(wanted));
    if (place < 0) chosen.replaceChildren(make("p", words.not_found));
    else showMember(place);
  };
  byId("c-list").append(...labels.map((label) => make("option", undefined, { value: label })));
  byId("choose").addEventListener("submit", (event) => { event.preventDefault(); choose(byId("c-text").value); });
  byId("c-text").addEventListener("change", () => choose(byId("c-text").value));
  byId("choose").hidden = false;
  byId("without").hidden = true;
  const linked = () => {
    const [, code] = /^#peer=(\w+)$/.exec(location.hash) || [];
    if (!code) return;
    byId("c-text").value = code;
    choose(code);
    byId("peers").scrollIntoView();
  };
  window.addEventListener("hashchange", linked);
  linked();
  document.documentElement.dataset.ready = "yes";
})();
