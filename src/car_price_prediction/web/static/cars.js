"use strict";

/* Prices a whole file: sends it, shows what was understood, lets people correct it, follows the work, and shows the rows
   with problems. The address holds the job, so that the page may be left and found again. Without this script the file
   comes back priced at once. */
(() => {
  const POLL_MS = 700, RETRY_MS = 2000, SHOWN_PROBLEMS = 100;
  const AT_WORK = ["queued", "running"];
  const texts = document.getElementById("cars").dataset;
  const form = document.getElementById("file-form");
  const part = (name) => document.getElementById(`job-${name}`);
  const box = document.getElementById("job");
  const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const language = `lang=${document.documentElement.lang}`;
  /* As the pages made on the server write them: 1 March 2026. */
  const dates = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const count = (value) => value.toLocaleString(document.documentElement.lang);
  let job, cancelled = false;

  const hide = (...names) => names.forEach((name) => (part(name).hidden = true));
  const state = (text, wrong = false) => {
    box.hidden = false;
    part("state").textContent = text;
    part("state").classList.toggle("problem", wrong);
  };
  const stop = (text) => {
    hide("progress", "columns", "start", "cancel", "csv", "parquet");
    state(text, true);
  };

  /* A refusal as a sentence: the service's own words where it has some. */
  const sentence = (status, body) => {
    if (status === 404) return job ? say("gone") : say("absent");
    if (status === 413) return body?.detail ? `${say("tooLarge")} (${body.detail})` : say("tooLarge");
    const told = [body?.detail, body?.hint].filter(Boolean).join("; ");
    return told ? `${say("failed")}: ${told}.` : `${say("failed")} (${status}).`;
  };

  const ask = async (path, options = {}) => {
    const answer = await fetch(path, options);
    const body = await answer.json().catch(() => null);
    if (!answer.ok) throw Object.assign(new Error(sentence(answer.status, body)), { told: true });
    return body;
  };

  /* Repeats what failed for want of an answer; a refusal is told. */
  const patiently = async (doing) => {
    for (;;) {
      try {
        return await doing();
      } catch (error) {
        if (error.told) return void stop(error.message);
        state(say("offline"));
        await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }
  };

  const cell = (tag, ...content) => {
    const made = document.createElement(tag);
    made.append(...content);
    return made;
  };

  /* A column is one field: chosen for one, it is taken from another. */
  const giveUp = (chosen) => {
    for (const other of part("columns").querySelectorAll("select")) {
      if (other === chosen || !other.value || other.value !== chosen.value) continue;
      other.value = "";
      other.dispatchEvent(new Event("change"));
    }
  };

  const columnRow = (field, label, columns) => {
    const select = document.createElement("select");
    select.dataset.field = field;
    select.setAttribute("aria-label", label);
    select.append(new Option(say("none"), ""), ...columns.map(({ header }) => new Option(header, header)));
    const found = columns.find((column) => column.field === field);
    select.value = found?.header ?? "";
    const example = Object.assign(document.createElement("p"), { className: "hint" });
    const showExample = () => {
      const { example: shown } = columns.find(({ header }) => header === select.value) ?? {};
      example.textContent = shown ? say("example", { example: shown }) : "";
    };
    showExample();
    const reason = cell("td", found?.reason ?? "");
    select.addEventListener("change", () => {
      giveUp(select);
      showExample();
      reason.textContent = "";
    });
    const heading = Object.assign(cell("th", label), { scope: "row" });
    return cell("tr", heading, cell("td", select, example), reason);
  };

  const showColumns = () => {
    const body = part("columns").querySelector("tbody");
    const fields = JSON.parse(body.dataset.fields);
    body.replaceChildren(...fields.map(([field, label]) => columnRow(field, label, job.columns)));
    part("columns").hidden = false;
    hide("progress");
    part("start").textContent = say("start", { rows: count(job.rows) });
    part("start").hidden = part("cancel").hidden = false;
    state(job.problem ? `${job.problem}.` : "", Boolean(job.problem));
  };

  const corrected = () => {
    const before = new Map(job.columns.filter(({ field }) => field).map(({ field, header }) => [field, header]));
    const chosen = [...part("columns").querySelectorAll("select")].map((select) => [select.dataset.field, select.value || null]);
    return Object.fromEntries(chosen.filter(([field, header]) => header !== (before.get(field) ?? null)));
  };

  const showProgress = () => {
    hide("columns", "start", "csv", "parquet");
    part("cancel").hidden = part("progress").hidden = false;
    const running = job.state === "running" && job.rows;
    if (running) part("progress").value = job.rows_done / job.rows;
    else part("progress").removeAttribute("value");
    const told = running ? `${say("running")}: ${say("progress", { done: count(job.rows_done), rows: count(job.rows) })}` : "";
    state(told || (job.columns.length ? say("queued") : say("reading")));
  };

  const showProblems = async () => {
    const found = await ask(`/jobs/${job.id}/problems?limit=${SHOWN_PROBLEMS}&${language}`);
    const rows = found.rows.map(({ row, values, problem }) => {
      const told = Object.entries(values).filter(([, value]) => value !== null && value !== "");
      const heading = Object.assign(cell("th", count(row)), { scope: "row" });
      return cell("tr", heading, cell("td", problem), cell("td", told.map(([name, value]) => `${name}: ${value}`).join(", ")));
    });
    part("problems").querySelector("tbody").replaceChildren(...rows);
    part("problems").hidden = rows.length === 0;
  };

  const showDone = async () => {
    hide("columns", "start", "cancel", "progress");
    for (const format of ["csv", "parquet"]) {
      part(format).href = `/jobs/${job.id}/result?format=${format}&${language}`;
      part(format).hidden = false;
    }
    state(job.rows_with_problems ? say("doneProblems", { count: count(job.rows_with_problems) }) : say("done"));
    if (job.expires_at) {
      const time = new Date(job.expires_at).toLocaleString(dates, { dateStyle: "long", timeStyle: "short" });
      part("expires").textContent = say("expires", { time });
    }
    if (job.rows_with_problems) await showProblems();
  };

  const show = async () => {
    form.hidden = true;
    part("file").textContent = job.file;
    if (job.state === "waiting") return showColumns();
    if (AT_WORK.includes(job.state)) return showProgress();
    if (job.state === "done") return showDone();
    stop(job.state === "failed" ? `${say("failed")}: ${job.problem}` : say("cancelled"));
  };

  const follow = async (id) => {
    for (;;) {
      const found = await patiently(() => ask(`/jobs/${id}?${language}`));
      if (!found || cancelled) return;
      job = found;
      await patiently(show);
      if (cancelled || !AT_WORK.includes(job.state)) return;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  };

  /* XMLHttpRequest alone tells how much of an upload is sent. */
  const send = (file) =>
    new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/jobs?start=0&${language}&name=${encodeURIComponent(file.name)}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        part("progress").value = loaded / total;
        if (loaded === total) state(say("reading"));
      });
      request.addEventListener("load", () => {
        if (request.status === 202) done(request.response);
        else failed(new Error(sentence(request.status, request.response)));
      });
      request.addEventListener("error", () => failed(new Error(file.size > 5e7 ? say("tooLarge") : say("offline"))));
      request.send(file);
    });

  const begin = async (file) => {
    [job, cancelled] = [undefined, false];
    part("file").textContent = file.name;
    hide("problems");
    part("progress").hidden = false;
    part("progress").value = 0;
    state(say("uploading"));
    try {
      job = await send(file);
    } catch (error) {
      return stop(error.message);
    }
    const here = new URL(location);
    here.searchParams.set("job", job.id);
    history.replaceState(null, "", here);
    await follow(job.id);
    box.focus();
  };

  document.getElementById("no-script").remove();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = form.elements.file.files;
    if (file) begin(file);
  });
  form.elements.file.addEventListener("change", () => form.requestSubmit());
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) begin(event.dataTransfer.files[0]);
    });
  }
  part("start").addEventListener("click", async () => {
    const body = JSON.stringify({ columns: corrected() });
    const started = await patiently(() =>
      ask(`/jobs/${job.id}/start?${language}`, { method: "POST", body, headers: { "Content-Type": "application/json" } }),
    );
    if (started) await follow(job.id);
  });
  part("cancel").addEventListener("click", async () => {
    const { id } = job;
    cancelled = true;
    await patiently(() => fetch(`/jobs/${id}`, { method: "DELETE" }));
    stop(say("cancelled"));
  });

  const kept = new URLSearchParams(location.search).get("job");
  if (kept) {
    job = { id: kept };
    form.hidden = true;
    follow(kept);
  }
})();
