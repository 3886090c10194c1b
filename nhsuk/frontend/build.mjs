// Compiles the design system's styles and copies its scripts into the portal's
// static files. Run by hand, after a change of version: npm ci && npm run build
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = join(here, "..", "static", "nhsuk");

const styles = sass.compile(join(here, "portal-nhsuk.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(target, "nhsuk-frontend.min.css"), styles.css);

// The few icons that the styles name; none of them is the protected logo.
mkdirSync(join(target, "images"), { recursive: true });
for (const name of new Set([...styles.css.matchAll(/url\("images\/([^"]+)"/g)].map((m) => m[1]))) {
  copyFileSync(join(modules, "nhsuk-frontend/dist/nhsuk/assets/images", name), join(target, "images", name));
}

const withoutMap = (path) =>
  readFileSync(path, "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n")
    .replace(/\n?\/\*# sourceMappingURL=.*\*\/\n?$/, "\n");

writeFileSync(
  join(target, "nhsuk-frontend.min.js"),
  withoutMap(join(modules, "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js")),
);
for (const name of ["accessible-autocomplete.min.js", "accessible-autocomplete.min.css"]) {
  writeFileSync(join(target, name), withoutMap(join(modules, "accessible-autocomplete/dist", name)));
}
