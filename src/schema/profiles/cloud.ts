/** `machine.remote_profile` of BohriumContext and OpenAPIContext. */
import { fields } from "../field.ts";
import { flag, free, identifier, integer } from "../value_types.ts";
import { text } from "../text_types.ts";

export const bohrium = fields({
  email: {
    configName: "email",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "E-mail address of the account.",
  },
  password: {
    configName: "password",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Password of the account; not needed if BOHR_TICKET is set.",
  },
  phone: {
    configName: "phone",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Phone number of the account, in place of the e-mail address.",
  },
  program_id: {
    configName: "projectId",
    kind: integer(0),
    whenChanged: "newRun",
    aliases: ["project_id"],
    doc: "Project that the jobs belong to.",
  },
  retry_count: {
    configName: "platformRetries",
    kind: integer(0),
    default: 2,
    nullable: true,
    whenChanged: "continue",
    doc: "Accepted for old inputs and not used; machine.retry_count is used.",
  },
  ignore_exit_code: {
    configName: "ignoreExitCode",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc: "Counts a job with a non-zero exit code on the platform as finished.",
  },
  keep_backup: {
    configName: "keepBackup",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Keeps the uploaded and downloaded archives in the directory `backup`.",
  },
  input_data: {
    configName: "inputData",
    kind: free,
    whenChanged: "continue",
    doc:
      "Job parameters of the platform, passed on unchanged: machine_type, image_name, job_type and so on.",
  },
});

export const openapi = fields({
  access_key: {
    configName: "accessKey",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc:
      "Access key. Default: the environment variable BOHRIUM_ACCESS_KEY or ACCESS_KEY.",
  },
  project_id: {
    configName: "projectId",
    kind: identifier,
    default: null,
    whenChanged: "newRun",
    doc:
      "Project that the jobs belong to. Default: the environment variable BOHRIUM_PROJECT_ID or PROJECT_ID.",
  },
  app_key: {
    configName: "appKey",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc:
      "Application key. Default: the environment variable BOHRIUM_APP_KEY or APP_KEY.",
  },
  job_name: {
    configName: "jobName",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Name of the jobs on the platform.",
  },
  machine_type: {
    configName: "machineType",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Machine type, as the platform names it.",
  },
  image_address: {
    configName: "image",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc: "Container image of the jobs.",
  },
  platform: {
    configName: "platform",
    kind: text,
    default: "ali",
    whenChanged: "continue",
    doc: "Cloud provider that the jobs run on.",
  },
  real_user_id: {
    configName: "realUserId",
    kind: identifier,
    default: null,
    whenChanged: "continue",
    doc: "User on whose behalf a service submits.",
  },
  session_id: {
    configName: "sessionId",
    kind: identifier,
    default: null,
    whenChanged: "continue",
    doc: "Session in which a service submits.",
  },
  output_log: {
    configName: "outputLog",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc: "Prints the platform's log of each job.",
  },
  ignore_exit_code: bohrium.ignore_exit_code,
  keep_backup: bohrium.keep_backup,
});
