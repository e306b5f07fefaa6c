"use strict";

/* Lets people sort a table by its columns: a button in each heading, figures as figures, what is not told last. */
(() => {
  const sort = (table, heading, at) => {
    const up = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const words = "words" in heading.dataset;
    const by = (row) => (words ? row.cells[at].textContent.trim() : row.cells[at].dataset.by);
    const compare = (one, other) => {
      const [a, b] = [by(one), by(other)];
      if (a === "" || b === "") return (a === "") - (b === "");
      return (up ? 1 : -1) * (words ? a.localeCompare(b, document.documentElement.lang) : a - b);
    };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
  };

  const ready = () => {
    for (const table of document.querySelectorAll("table[data-sortable]")) {
      delete table.dataset.sortable;
      [...table.tHead.rows[0].cells].forEach((heading, at) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
        button.append(...heading.childNodes);
        heading.append(button);
        button.addEventListener("click", () => sort(table, heading, at));
      });
    }
  };

  document.addEventListener("shown", ready);
  ready();
})();
