// What jsdom lacks and the app uses: sizes, observers, scrolling.
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// A busy machine is slow, and a dialog's code comes when it is first asked for; ms.
configure({ asyncUtilTimeout: 10_000 });

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal("ResizeObserver", Observer);
vi.stubGlobal("IntersectionObserver", Observer);
vi.stubGlobal("matchMedia", (query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }));
vi.stubGlobal("CSS", { escape: (word: string) => word, supports: () => false });
Element.prototype.scrollTo = function scrollTo(): void {};
window.scrollTo = () => undefined;
document.hasFocus = () => true;

// A list that is 800 high shows rows; one of no height shows none.
for (const [name, size] of [["clientHeight", 800], ["clientWidth", 400], ["offsetHeight", 60]] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}

afterEach(() => {
  cleanup();
  localStorage.clear();
});
