"use strict";
(() => {
  const LANES = 100;
  const ROWS = 200;
  const body = document.querySelector("tbody");
  const find = document.getElementById("find");
  const tenant = document.getElementById("tenant");
  const count = document.getElementById("count");
  const tiles = [...document.querySelectorAll(".tile")];
  const ranks = ["expired", "no_secret", "missing", "due", "pending", "active", "never_expires", "none", "superseded"];
  let pressed = "";

  const rows = [...body.rows].map((row) => ({
    element: row,
    keys: row.dataset.keys.split(" "),
    tenant: row.cells[2].textContent,
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
      text: (lane.textContent + " " + lane.children[1].getAttribute("aria-label")).toLowerCase(),
    })),
  }));
  let order = rows;
  let limit = ROWS;

  const plural = (number, word) => number + " " + word + (number === 1 ? "" : "s");

  const isWanted = (words) => (one) =>
    (!pressed || one.keys.includes(pressed)) && (!tenant || !tenant.value || one.tenant === tenant.value) && words.every((word) => one.text.includes(word));

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
    const wanted = isWanted(find.value.toLowerCase().split(/\s+/).filter(Boolean));
    const filtered = Boolean(pressed || find.value.trim() || (tenant && tenant.value));
    const found = showSome(order, wanted, limit);
    moreRows = offerMore(document.getElementById("secrets"), moreRows, found - limit, ROWS, () => { limit += ROWS; update(); });
    let clients = 0;
    for (const group of groups) {
      const number = showSome(group.lanes, wanted, group.limit);
      clients += number;
      group.element.hidden = number === 0;
      group.element.open = filtered || group.wasOpen;
      group.number.textContent = plural(number, "client");
      group.more = offerMore(group.element, group.more, number - group.limit, LANES, () => { group.limit += LANES; update(); });
    }
    count.textContent = (filtered ? "Found " : "") + plural(clients, "client") + " and " + plural(found, "row") + (found > limit ? ", of which the first " + limit + " are shown" : "");
  }

  function press(key) {
    pressed = key;
    for (const tile of tiles) {
      tile.setAttribute("aria-pressed", String(tile.dataset.key === pressed));
    }
    restart();
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
    tile.addEventListener("click", () => press(tile.dataset.key === pressed ? "" : tile.dataset.key));
  }
  for (const button of document.querySelectorAll("thead button")) {
    button.addEventListener("click", () => sortBy(button.closest("th"), button));
  }
  for (const group of groups) {
    group.element.addEventListener("toggle", () => {
      if (!pressed && !find.value.trim() && !(tenant && tenant.value)) {
        group.wasOpen = group.element.open;
      }
    });
  }
  find.addEventListener("input", restart);
  if (tenant) {
    tenant.addEventListener("change", restart);
  }
  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("clear").addEventListener("click", () => {
    find.value = "";
    if (tenant) {
      tenant.value = "";
    }
    press("");
  });
  update();
})();
