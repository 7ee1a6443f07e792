/** What the page does by itself: search and filters. Without it everything is there to read. */
export const SCRIPT = `
'use strict';
(() => {
  const form = document.querySelector('.tools form');
  const search = form.elements.namedItem('search');
  const said = form.querySelector('output');
  const items = Array.from(document.querySelectorAll('.item'), (element) => ({ element, text: undefined }));
  const filters = ['verdict', 'kind', 'operation'];
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const chosen = filters.map((name) => [name, form.elements.namedItem(name).value]).filter(([, value]) => value !== '');
    let count = 0;
    for (const item of items) {
      const { dataset } = item.element;
      if (words.length > 0) item.text ??= item.element.textContent.toLowerCase();
      const isShown =
        chosen.every(([name, value]) => dataset[name] === value) &&
        words.every((word) => item.text.includes(word));
      item.element.hidden = !isShown;
      if (isShown) count += 1;
    }
    for (const section of document.querySelectorAll('.items'))
      section.querySelector('.nothing').hidden = section.querySelector('.item:not([hidden])') !== null;
    said.textContent = count + ' of ' + items.length + ' entries shown';
  };
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(apply);
  };
  form.addEventListener('input', soon);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.closest('input, select, textarea')) {
      event.preventDefault();
      search.focus();
    }
  });
  document.querySelector('.tools').hidden = false;
  apply();
})();
`;
