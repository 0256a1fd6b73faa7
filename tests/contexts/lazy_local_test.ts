import { lazyLocal } from "../../src/contexts/lazy_local.ts";
import { checkContext } from "../helpers/contract.ts";
import { localGround } from "../helpers/local_ground.ts";

checkContext("LazyLocalContext", localGround(lazyLocal, {}));
