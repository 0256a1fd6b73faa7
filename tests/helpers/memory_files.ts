import type {
  DirectoryEntry,
  Files,
  FileStat,
} from "../../src/environment/environment.ts";

const folder = Symbol("directory");
const other = Symbol("other");

/**
 * A disk in memory. Keys are absolute paths, values file contents; folders above come by themselves. A key that
 * ends with "/" is an empty folder, `{ link }` a symlink (absolute target), `null` something that is no file (a pipe).
 * `looks` counts the calls of each kind.
 */
export function memoryFiles(
  tree: Readonly<
    Record<string, string | Uint8Array | { readonly link: string } | null>
  >,
  /** Permissions of paths; of those that are not named, the usual ones. */
  modes: Readonly<Record<string, number>> = {},
): Files & { readonly looks: Record<"read" | "list" | "stat", number> } {
  const nodes = new Map<
    string,
    | string
    | Uint8Array
    | { readonly link: string }
    | typeof folder
    | typeof other
  >();
  const children = new Map<string, Map<string, DirectoryEntry["kind"]>>();
  const add = (path: string, kind: DirectoryEntry["kind"]): void => {
    const above = path.slice(0, path.lastIndexOf("/")) || "/";
    if (path === "/") return;
    const siblings = children.get(above) ??
      new Map<string, DirectoryEntry["kind"]>();
    children.set(
      above,
      siblings.set(path.slice(path.lastIndexOf("/") + 1), kind),
    );
    if (!nodes.has(above)) {
      nodes.set(above, folder);
      add(above, "directory");
    }
  };
  nodes.set("/", folder);
  for (const [path, value] of Object.entries(tree)) {
    const plain = path.replace(/\/$/, "");
    if (path.endsWith("/")) {
      nodes.set(plain, folder);
      add(plain, "directory");
    } else {
      nodes.set(path, value ?? other);
      add(
        path,
        value === null
          ? "other"
          : typeof value === "object" && "link" in value
          ? "link"
          : "file",
      );
    }
  }
  const looks = { read: 0, list: 0, stat: 0 };
  /** The path without links, or null where one leads nowhere or in circles. */
  const real = (path: string, links = 0): string | null => {
    let at = "";
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    for (const [index, part] of parts.entries()) {
      at = `${at}/${part}`;
      const node = nodes.get(at);
      if (node === undefined || links > 40) return null;
      if (typeof node === "object" && "link" in node) {
        return real(
          [node.link, ...parts.slice(index + 1)].join("/"),
          links + 1,
        );
      }
    }
    return at || "/";
  };
  const find = (path: string) => {
    // As on the disk: nothing can be asked of a name that is no UTF-8.
    if (!path.isWellFormed()) return undefined;
    const found = real(path);
    const node = found === null ? undefined : nodes.get(found);
    return path.endsWith("/") && node !== folder ? undefined : node;
  };
  return {
    looks,
    read(path) {
      looks.read++;
      const node = find(path);
      return typeof node === "string" || node instanceof Uint8Array
        ? bytesOf(node)
        : null;
    },
    list(path) {
      looks.list++;
      if (find(path) !== folder) return null;
      return [...children.get(real(path)!) ?? []].map(([name, kind]) => ({
        name,
        kind,
      }));
    },
    stat(path): FileStat | null {
      looks.stat++;
      const node = find(path);
      if (node === undefined) return null;
      if (typeof node === "symbol") {
        return {
          kind: node === folder ? "directory" : "other",
          bytes: 0,
          modified: 1,
          mode: modes[real(path)!] ?? 0o755,
        };
      }
      return {
        kind: "file",
        bytes: bytesOf(node as string | Uint8Array).length,
        modified: 1,
        mode: modes[real(path)!] ?? 0o644,
      };
    },
    realPath(path) {
      return find(path) === undefined ? null : real(path);
    },
  };
}

function bytesOf(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === "string"
    ? new TextEncoder().encode(content)
    : new Uint8Array(content);
}
