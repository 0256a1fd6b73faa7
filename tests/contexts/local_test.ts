import { local } from "../../src/contexts/local.ts";
import { checkContext } from "../helpers/contract.ts";
import { localGround } from "../helpers/local_ground.ts";

checkContext("LocalContext with links", localGround(local, { symlink: true }));
checkContext(
  "LocalContext with copies, as if it were far",
  (base) =>
    localGround(local, { symlink: false })(base).then((ground) => ({
      ...ground,
      compress: true,
    })),
);
checkContext(
  "LocalContext with copies",
  localGround(local, { symlink: false }),
);
