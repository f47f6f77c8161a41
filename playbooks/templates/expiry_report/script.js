"use strict";
(() => {
  const LANES = 100;
  const ROWS = 200;
  const body = document.querySelector("tbody");
  const search = document.getElementById("search");
  const selects = [...document.querySelectorAll(".filters select")];
  const spans = [...document.querySelectorAll(".spans input")];
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const found = [...document.querySelectorAll(".found")];
  const tiles = [...document.querySelectorAll(".tile")];
  const ranks = ["expired", "no_secret", "missing", "due", "renews_itself", "pending", "active", "never_expires", "none", "older"];
  // What stands in the address, so that a link shows the same. A tenant or an owner that is not on this page finds nothing.
  const names = ["status", "tenant", "owner", "search", "span"];
  let filter = {};
  let typing = false;

  const rows = [...body.rows].map((row) => ({
    element: row,
    keys: row.dataset.keys.split(" "),
    tenant: row.dataset.tenant,
    owner: row.dataset.owner,
    text: row.textContent.toLowerCase(),
    rank: ranks.findIndex((status) => row.cells[0].firstElementChild.classList.contains("s-" + status)),
  }));
  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    number: element.querySelector(".n"),
    wasOpen: element.open,
    limit: LANES,
    more: null,
    lanes: [...element.querySelectorAll(".lane")].map((lane) => ({
      element: lane,
      keys: lane.dataset.keys.split(" "),
      tenant: lane.dataset.tenant,
      owner: lane.dataset.owner,
      text: (lane.textContent + " " + lane.children[1].getAttribute("aria-label")).toLowerCase(),
    })),
  }));
  let order = rows;
  let limit = ROWS;

  const plural = (number, word) => number + " " + word + (number === 1 ? "" : "s");

  const isWanted = (words) => (one) =>
    (!filter.status || one.keys.includes(filter.status)) &&
    (!filter.tenant || one.tenant === filter.tenant) &&
    (!filter.owner || one.owner === filter.owner) &&
    words.every((word) => one.text.includes(word));

  const isFiltered = () => Boolean(filter.status || filter.tenant || filter.owner || filter.search.trim());

  function showSome(all, wanted, most) {
    let shown = 0;
    for (const one of all) {
      one.element.hidden = !wanted(one) || shown >= most;
      if (!one.element.hidden) {
        shown += 1;
      }
    }
    return all.filter(wanted).length;
  }

  function offerMore(after, known, left, step, onMore) {
    const button = known || document.createElement("button");
    if (!known) {
      button.type = "button";
      button.className = "more";
      after.append(button);
    }
    button.onclick = onMore;
    button.hidden = left <= 0;
    button.textContent = "Show " + Math.min(step, left) + " more of " + left + " not shown";
    return button;
  }

  let moreRows = null;
  function update() {
    const wanted = isWanted(filter.search.toLowerCase().split(/\s+/).filter(Boolean));
    const filtered = isFiltered();
    const number = showSome(order, wanted, limit);
    moreRows = offerMore(document.getElementById("secrets"), moreRows, number - limit, ROWS, () => { limit += ROWS; update(); });
    let clients = 0;
    for (const group of groups) {
      const lanes = showSome(group.lanes, wanted, group.limit);
      clients += lanes;
      group.element.hidden = lanes === 0;
      group.element.open = filtered || group.wasOpen;
      group.number.textContent = plural(lanes, "client");
      group.more = offerMore(group.element, group.more, lanes - group.limit, LANES, () => { group.limit += LANES; update(); });
    }
    const chosen = filtered ? filterInWords() : "";
    count.textContent =
      (filtered ? "Found " : "") + plural(clients, "client") + " and " + plural(number, "row") + (chosen ? " for " + chosen : "") +
      (number > limit ? "; the first " + limit + " rows are shown" : "");
    sayNothingFound(filtered && number + clients === 0, chosen);
  }

  function filterInWords() {
    const tile = tiles.find((one) => one.dataset.key === filter.status);
    const chosen = { ...filter, status: tile ? tile.dataset.name : filter.status, search: filter.search.trim(), span: "" };
    return names.filter((name) => chosen[name]).map((name) => name + " \u201c" + chosen[name] + "\u201d").join(", ");
  }

  function sayNothingFound(isNothing, chosen) {
    nothing.hidden = !isNothing;
    for (const section of found) {
      section.hidden = isNothing;
    }
    nothing.firstElementChild.textContent = isNothing ? "Nothing matches " + chosen + "." : "";
  }

  function readAddress() {
    const address = location.hash.slice(1);
    if (address && !address.includes("=")) {
      // The link that skips to the table: it filters nothing.
      return;
    }
    const given = new URLSearchParams(address);
    filter = Object.fromEntries(names.map((name) => [name, given.get(name) || ""]));
    typing = false;
    showFilter();
    restart();
  }

  function showFilter() {
    search.value = filter.search;
    for (const select of selects) {
      select.value = filter[select.id];
    }
    for (const tile of tiles) {
      tile.setAttribute("aria-pressed", String(tile.dataset.key === filter.status));
    }
    const span = spans.find((one) => one.value === filter.span) || spans[spans.length - 1];
    span.checked = true;
  }

  // Each choice is a step for the browser's back button; the letters of one search are one step.
  function choose(choice, isTyped) {
    Object.assign(filter, choice);
    showFilter();
    restart();
    const address = new URLSearchParams(names.filter((name) => filter[name]).map((name) => [name, filter[name]]));
    const isSameStep = isTyped && typing;
    typing = isTyped;
    history[isSameStep ? "replaceState" : "pushState"](null, "", "#" + address);
  }

  function restart() {
    limit = ROWS;
    for (const group of groups) {
      group.limit = LANES;
    }
    update();
  }

  function sortBy(head, button) {
    const column = head.cellIndex;
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) {
      other.removeAttribute("aria-sort");
    }
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const kinds = {
      rank: (row) => row.rank,
      number: (row) => (row.element.cells[column].textContent === "" ? null : Number(row.element.cells[column].textContent)),
      text: (row) => row.element.cells[column].textContent || null,
    };
    const keyed = order.map((row) => [kinds[button.dataset.sort](row), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) {
        // What has no value stands at the end, whichever way the rest goes.
        return Number(a === null) - Number(b === null);
      }
      const less = typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true });
      return up ? less : -less;
    });
    order = keyed.map(([, row]) => row);
    body.append(...order.map((row) => row.element));
    update();
  }

  for (const tile of tiles) {
    tile.addEventListener("click", () => choose({ status: tile.dataset.key === filter.status ? "" : tile.dataset.key }, false));
  }
  for (const button of document.querySelectorAll("thead button")) {
    button.addEventListener("click", () => sortBy(button.closest("th"), button));
  }
  for (const group of groups) {
    group.element.addEventListener("toggle", () => {
      if (!isFiltered()) {
        group.wasOpen = group.element.open;
      }
    });
  }
  search.addEventListener("input", () => choose({ search: search.value }, true));
  search.addEventListener("change", () => { typing = false; });
  for (const select of selects) {
    select.addEventListener("change", () => choose({ [select.id]: select.value }, false));
  }
  for (const span of spans) {
    span.addEventListener("change", () => choose({ span: span.value === "all" ? "" : span.value }, false));
  }
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll(".clear")) {
    button.addEventListener("click", () => {
      choose({ status: "", tenant: "", owner: "", search: "" }, false);
      search.focus();
    });
  }
  window.addEventListener("popstate", readAddress);
  window.addEventListener("hashchange", readAddress);
  filter = Object.fromEntries(names.map((name) => [name, ""]));
  readAddress();
  update();
})();
