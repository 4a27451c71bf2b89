/* Before the first paint: the reader's choices of colours and typeface. */
((root) => {
  root.classList.add("js");
  try {
    for (const key of ["theme", "face"]) {
      const value = localStorage.getItem("octavo-" + key);
      if (value) root.dataset[key] = value;
    }
  } catch {
    /* Storage is refused: the system's setting rules. */
  }
})(document.documentElement);
