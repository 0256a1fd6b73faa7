import { lazyLocal } from "../../../src/contexts/local/mod.ts";
import { checkContext } from "../../helpers/context_contract/mod.ts";
import { localGround } from "../../helpers/context_contract/local.ts";

checkContext("LazyLocalContext", localGround(lazyLocal, "in place"));
