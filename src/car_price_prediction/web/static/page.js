"use strict";

/* Prices without reloading, and offers the models of the make and the trims of the model. Without this script the form
   works all the same. Other scripts are told of a new result by the event "shown". */
(() => {
  const RETRY_MS = 2000, PAUSE_MS = 120, WAITED_FOR = [408, 429, 502, 503, 504];
  const form = document.getElementById("car");
  let latest = 0;

  const address = () => {
    const typed = [...new FormData(form)].map(([key, text]) => [key, text.trim()]);
    const told = typed.filter(([key, text]) => text !== "" && key !== "lang");
    return "/?" + new URLSearchParams(told.length ? typed.filter(([, text]) => text !== "") : typed);
  };

  const swapBoxes = (fresh) => {
    for (const box of fresh.querySelectorAll("[data-box]")) {
      const old = form.querySelector(`[data-box="${CSS.escape(box.dataset.box)}"]`);
      if (!old) continue;
      const control = old.querySelector("input, select");
      const news = box.querySelector("input, select");
      old.classList.toggle("wrong", box.classList.contains("wrong"));
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (news.hasAttribute(name)) control.setAttribute(name, news.getAttribute(name));
        else control.removeAttribute(name);
      }
      old.querySelector(".problem")?.remove();
      const problem = box.querySelector(".problem");
      if (problem) old.append(problem);
    }
    const wrong = form.querySelector(".wrong");
    if (wrong) {
      wrong.closest("details")?.setAttribute("open", "");
      wrong.querySelector("input, select").focus();
    }
    return Boolean(wrong);
  };

  const put = (fresh) => {
    for (const id of ["result", "more"]) {
      document.getElementById(id).replaceWith(document.adoptNode(fresh.getElementById(id)));
    }
    const links = fresh.querySelectorAll("[data-language]");
    document.querySelectorAll("[data-language]").forEach((link, at) => link.setAttribute("href", links[at].getAttribute("href")));
    document.title = fresh.title;
    document.dispatchEvent(new Event("shown"));
  };

  const say = (text) => {
    const said = Object.assign(document.createElement("p"), { className: "empty", textContent: text });
    document.getElementById("result").replaceChildren(said);
    document.getElementById("more").replaceChildren();
  };

  const show = async (url, remember) => {
    const mine = ++latest;
    form.classList.add("busy");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      if (!fresh.getElementById("more")) {
        // Too much to do, or a proxy whose server restarts: what was typed stays, and is asked again.
        if (WAITED_FOR.includes(answer.status) && !fresh.getElementById("waiting")) throw new TypeError(answer.status);
        return void location.assign(url);
      }
      if (remember) history.pushState(null, "", url);
      const wrong = swapBoxes(fresh);
      put(fresh);
      if (!wrong) document.getElementById("result").scrollIntoView({ block: "nearest", behavior: "smooth" });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (mine !== latest) return;
      say(form.dataset.offline);
      again(mine, url, remember);
    } finally {
      if (mine === latest) form.classList.remove("busy");
    }
  };

  const again = (mine, url, remember) =>
    setTimeout(async () => {
      if (mine !== latest) return;
      const ready = await fetch("/health/live").then((answer) => answer.ok, () => false);
      if (mine !== latest) return;
      if (ready) show(url, remember);
      else again(mine, url, remember);
    }, RETRY_MS);

  const fill = () => {
    const typed = new URLSearchParams(location.search);
    for (const control of form.elements) if (control.name) control.value = typed.get(control.name) ?? "";
  };

  /* Words that depend on others: the models of the make, the trims of the model. */
  const { make, model } = form.elements;
  let asked = 0;
  const offer = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ make: make?.value ?? "", model: model?.value ?? "" });
    const answer = await fetch(`${form.dataset.choices}?${query}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    for (const [key, words] of Object.entries(await answer.json())) {
      const options = words.map((word) => Object.assign(document.createElement("option"), { value: word }));
      document.getElementById(`known-${key}`)?.replaceChildren(...options);
    }
  };
  let pause = 0;
  for (const control of [make, model]) {
    control?.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(offer, PAUSE_MS);
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(), true);
  });
  addEventListener("popstate", () => {
    fill();
    show(location.href, false);
  });

  const readyTools = () => {
    const tools = document.querySelector(".tools");
    if (!tools) return;
    tools.hidden = false;
    tools.querySelector("[data-print]").addEventListener("click", () => print());
    const copy = tools.querySelector("[data-copy]");
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(location.href);
      copy.textContent = copy.dataset.copied;
    });
  };
  document.addEventListener("shown", readyTools);
  readyTools();
})();
