"use strict";

/* Prices without reloading and offers the models of the make. Without this script the form works all the same. */
(() => {
  const form = document.getElementById("car");
  const make = form.elements.make;
  const model = form.elements.model;
  const fold = (text) => text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  let latest = 0;

  const address = () => {
    const typed = [...new FormData(form)].map(([key, text]) => [key, text.trim()]);
    const told = typed.filter(([, text]) => text !== "");
    return "/?" + new URLSearchParams(told.length ? told : typed);
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

  const say = (text) => {
    const result = document.getElementById("result");
    result.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: text }));
  };

  const show = async (url, remember) => {
    const mine = ++latest;
    form.classList.add("busy");
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== latest) return;
      const result = fresh.getElementById("result");
      if (!result) return void location.assign(url);
      if (remember) history.pushState(null, "", url);
      const wrong = swapBoxes(fresh);
      document.getElementById("result").replaceWith(document.adoptNode(result));
      if (!wrong) result.scrollIntoView({ block: "nearest", behavior: "smooth" });
    } catch {
      if (mine === latest) say("The service does not answer just now. Please try again in a moment.");
    } finally {
      if (mine === latest) form.classList.remove("busy");
    }
  };

  const fill = () => {
    const typed = new URLSearchParams(location.search);
    for (const control of form.elements) if (control.name) control.value = typed.get(control.name) ?? "";
  };

  const offerModels = (modelsByMake) => {
    const list = document.getElementById("known-model");
    if (!make || !model || !list) return;
    const all = [...list.options].map((option) => option.value);
    const known = new Map(Object.entries(modelsByMake).map(([name, models]) => [fold(name), models]));
    const offer = () => {
      const models = known.get(fold(make.value));
      const words = models ? [...models].sort((a, b) => a.localeCompare(b)) : all;
      list.replaceChildren(...words.map((word) => Object.assign(document.createElement("option"), { value: word })));
    };
    make.addEventListener("input", offer);
    offer();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(address(), true);
  });
  addEventListener("popstate", () => {
    fill();
    show(location.href, false);
  });
  fetch(form.dataset.features)
    .then((answer) => (answer.ok ? answer.json() : { models_by_make: {} }))
    .then((features) => offerModels(features.models_by_make))
    .catch(() => {});
})();
