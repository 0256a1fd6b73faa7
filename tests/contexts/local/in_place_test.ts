import { lazyLocal } from "../../../src/contexts/local/mod.ts";
import { checkContext } from "../../helpers/context_contract/mod.ts";
import { localContext } from "../../helpers/context_contract/local.ts";

checkContext("LazyLocalContext", localContext(lazyLocal, "in place"));
