"""Configurations of credentials, as people have them: files, variables, the profile.

Each is (name, profile, variables, config file, credentials file, words). `words` is None where
botocore and we must find the same credentials; otherwise both must refuse, and our error must
contain these words. {url} is the server of credential_services.py, {dir} the configuration's own
folder, which has a web identity's token in `web-token`, a container's in `token`, and a program
`keys`."""

DEFAULT = "[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key = defaultsecret\n"
BASE = "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = basesecret\n"
KEYS = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "envsecret"}
ARN = "arn:aws:iam::123456789012:role/"
ROLE = f"role_arn = {ARN}deploy\n"
FULL = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/keys"}
METADATA = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/web-token", "AWS_ROLE_ARN": ARN + "web"}
PROCESS = "credential_process = {dir}/keys"
SSO = "sso_account_id = 123456789012\nsso_role_name = Reader\nsso_region = us-west-2\n"

SETUPS = [
    # --- static credentials
    ("environment", "", KEYS, "", "", None),
    ("environment with a token", "", KEYS | {"AWS_SESSION_TOKEN": "envtoken"}, "", "", None),
    ("environment with the older token", "", KEYS | {"AWS_SECURITY_TOKEN": "old", "AWS_SESSION_TOKEN": "new"}, "", "", None),
    ("environment before the default profile", "", KEYS, "", DEFAULT, None),
    ("environment before AWS_PROFILE", "", KEYS | {"AWS_PROFILE": "base"}, "", BASE, None),
    ("a profile by name before the environment", "base", KEYS, "", BASE, None),
    ("half a pair in the environment", "", {"AWS_ACCESS_KEY_ID": "AKENV"}, "", DEFAULT, ["AWS_SECRET_ACCESS_KEY"]),
    ("default profile", "", {}, "", DEFAULT, None),
    ("default profile in the config file", "", {}, DEFAULT, "", None),
    ("profile default", "", {}, DEFAULT.replace("[default]", "[profile default]"), "", None),
    ("AWS_PROFILE", "", {"AWS_PROFILE": "base"}, "", DEFAULT + BASE, None),
    ("AWS_DEFAULT_PROFILE", "", {"AWS_DEFAULT_PROFILE": "base"}, "", DEFAULT + BASE, None),
    ("credentials file before config file", "base", {}, "[profile base]\naws_access_key_id = AKCONFIG\n"
     "aws_secret_access_key = c\n", BASE, None),
    ("keys with a token", "base", {}, "", BASE + "aws_session_token = basetoken\n", None),
    ("half a pair in a profile", "base", {}, "", "[base]\naws_access_key_id = AKBASE\n", ["profile base", "aws configure"]),
    ("an unknown profile", "nobody", {}, "", BASE, ["profile nobody", "base", "aws configure --profile nobody"]),
    ("an unknown AWS_PROFILE, keys in the environment", "", KEYS | {"AWS_PROFILE": "nobody"}, "", "", ["profile nobody"]),
    ("a profile without keys", "empty", {}, "[profile empty]\nregion = eu-west-1\n", "",
     ["profile empty", "aws configure --profile empty"]),
    ("nothing at all", "", {}, "", "", ["no AWS credentials"]),
    # --- syntax of files
    ("a quoted name", "two words", {}, "[profile 'two words']\naws_access_key_id=AKQ\naws_secret_access_key=q\n", "", None),
    ("indented, colons, capitals, comments", "odd", {}, "# comment\n; another\n[profile odd]\n\n  AWS_Access_Key_Id: AKODD\n"
     "  # inside\n  aws_secret_access_key : a=b+c/d==\n", "", None),
    ("carriage returns", "base", {}, "", BASE.replace("\n", "\r\n"), None),
    ("nested settings", "base", {}, "[profile base]\ns3 =\n  aws_access_key_id = NOT\n  max = 1\naws_access_key_id = AKN\n"
     "aws_secret_access_key = n\n", "", None),
    ("other sections", "base", {}, "[preview]\naws_access_key_id = NOT\n[plugins]\na = b\n[base]\naws_access_key_id = NOT\n",
     BASE, None),
    ("a file under the home directory", "base", {"AWS_SHARED_CREDENTIALS_FILE": "~/credentials"}, "", BASE, None),
    # --- roles
    ("role by source_profile", "r", {}, "[profile r]\n" + ROLE + "source_profile = base\n", BASE, None),
    ("role in the credentials file", "r", {}, "", BASE + "[r]\n" + ROLE + "source_profile = base\n", None),
    ("role as the default", "", {}, "[default]\n" + ROLE + "source_profile = base\n", BASE, None),
    ("role with everything", "r", {}, "[profile r]\n" + ROLE + "source_profile = base\nexternal_id = ext-7&=/\n"
     "role_session_name = ops@example.com\nduration_seconds = 7200\n", BASE, None),
    ("role with a duration that is none", "r", {}, "[profile r]\n" + ROLE + "source_profile = base\n"
     "duration_seconds = long\n", BASE, None),
    ("role in the profile's region", "r", {"AWS_DEFAULT_REGION": ""}, "[profile r]\nregion = eu-central-1\n" + ROLE +
     "source_profile = base\n[profile base]\nregion = ap-south-1\n", BASE, None),
    ("role with legacy STS", "r", {"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}, "[profile r]\n" + ROLE +
     "source_profile = base\n", BASE, None),
    ("STS by endpoint_url of the file", "r", {"AWS_ENDPOINT_URL_STS": ""}, "[profile r]\nendpoint_url = {url}\n" + ROLE +
     "source_profile = base\n", BASE, None),
    ("STS by a services section", "r", {"AWS_ENDPOINT_URL_STS": ""}, "[profile r]\nservices = here\n" + ROLE +
     "source_profile = base\n[services here]\nsts =\n  endpoint_url = {url}\n", BASE, None),
    ("a chain of three", "c", {}, "[profile c]\nrole_arn = " + ARN + "c\nsource_profile = b\n[profile b]\nrole_arn = " +
     ARN + "b\nsource_profile = a\nexternal_id = xyz\n[profile a]\nrole_arn = " + ARN + "a\nsource_profile = base\n", BASE, None),
    ("keys before the role in the middle", "c", {}, "[profile c]\nrole_arn = " + ARN + "c\nsource_profile = b\n"
     "[profile b]\nrole_arn = " + ARN + "b\nsource_profile = base\n", BASE + "[b]\naws_access_key_id = AKB\n"
     "aws_secret_access_key = b\n", None),
    ("its own source", "r", {}, "[profile r]\n" + ROLE + "source_profile = r\n", BASE.replace("base", "r"), None),
    ("a circle of one", "r", {}, "[profile r]\n" + ROLE + "source_profile = r\n", "", ["circle", "r -> r"]),
    ("a circle of two", "a", {}, "[profile a]\n" + ROLE + "source_profile = b\n[profile b]\n" + ROLE +
     "source_profile = a\n", "", ["circle", "a -> b -> a"]),
    ("source_profile not there", "r", {}, "[profile r]\n" + ROLE + "source_profile = gone\n", "",
     ["profile r", "gone", "aws configure --profile gone"]),
    ("source_profile without keys", "r", {}, "[profile r]\n" + ROLE + "source_profile = e\n[profile e]\nregion = x\n", "",
     ["profile r", "source_profile e"]),
    ("a role without a source", "r", {}, "[profile r]\n" + ROLE, BASE, ["profile r", "source_profile", "credential_source"]),
    ("both kinds of source", "r", KEYS, "[profile r]\n" + ROLE + "source_profile = base\ncredential_source = Environment\n",
     BASE, ["profile r", "both"]),
    ("a role that is refused", "r", {}, f"[profile r]\nrole_arn = {ARN}forbidden\nsource_profile = base\n", BASE,
     ["profile r", "AssumeRole", ARN + "forbidden", "AccessDenied", "base"]),
    ("credential_source Environment", "r", KEYS, "[profile r]\n" + ROLE + "credential_source = Environment\n", "", None),
    ("credential_source Environment, empty", "r", {}, "[profile r]\n" + ROLE + "credential_source = Environment\n", "",
     ["profile r", "Environment"]),
    ("credential_source EcsContainer", "r", FULL, "[profile r]\n" + ROLE + "credential_source = EcsContainer\n", "", None),
    ("credential_source Ec2InstanceMetadata", "r", METADATA, "[profile r]\n" + ROLE +
     "credential_source = Ec2InstanceMetadata\n", "", None),
    ("credential_source misspelt", "r", KEYS, "[profile r]\n" + ROLE + "credential_source = environment\n", "",
     ["profile r", "environment", "Ec2InstanceMetadata"]),
    # --- programs
    ("credential_process", "p", {}, "[profile p]\n" + PROCESS + " plain\n", "", None),
    ("credential_process with quotes", "p", {}, "[profile p]\n" + PROCESS + " token 'two words' \"and more\"\n", "", None),
    ("credential_process that expires", "p", {}, "[profile p]\n" + PROCESS + " expires\n", "", None),
    ("credential_process as a source", "r", {}, "[profile r]\n" + ROLE + "source_profile = p\n[profile p]\n" + PROCESS +
     " plain\n", "", None),
    ("credential_process in the credentials file", "p", {}, "", "[p]\n" + PROCESS + " plain\n", None),
    ("credentials file before credential_process", "base", {}, "[profile base]\n" + PROCESS + " plain\n", BASE, None),
    ("credential_process before the config file", "base", {}, "[profile base]\naws_access_key_id = AKC\n"
     "aws_secret_access_key = c\n" + PROCESS + " plain\n", "", None),
    ("credential_process that fails", "p", {}, "[profile p]\n" + PROCESS + " fails\n", "",
     ["profile p", "credential_process", "vault is sealed"]),
    ("credential_process of another version", "p", {}, "[profile p]\n" + PROCESS + " version\n", "", ["profile p", "Version"]),
    ("credential_process without a secret", "p", {}, "[profile p]\n" + PROCESS + " half\n", "",
     ["profile p", "SecretAccessKey"]),
    # --- IAM Identity Center
    ("sso with a start url", "s", {}, "[profile s]\nsso_start_url = https://acme.example/start\n" + SSO, "", None),
    ("sso with a session", "s", {}, "[profile s]\nsso_session = acme\nsso_account_id = 123456789012\n"
     "sso_role_name = Reader\n[sso-session acme]\nsso_start_url = https://acme.example/start\nsso_region = us-west-2\n",
     "", None),
    ("sso as a source", "r", {}, "[profile r]\n" + ROLE + "source_profile = s\n[profile s]\n"
     "sso_start_url = https://acme.example/start\n" + SSO, "", None),
    ("sso before the credentials file", "base", {}, "[profile base]\nsso_start_url = https://acme.example/start\n" + SSO,
     BASE, None),
    ("sso without a login", "s", {}, "[profile s]\nsso_start_url = https://other.example/start\n" + SSO, "",
     ["profile s", "aws sso login --profile s"]),
    # --- web identities
    ("web identity of the environment", "", WEB, "", "", None),
    ("web identity with a session's name", "", WEB | {"AWS_ROLE_SESSION_NAME": "pod"}, "", "", None),
    ("web identity before the default profile", "", WEB, "", DEFAULT, None),
    ("web identity of a profile", "w", {}, "[profile w]\nrole_arn = " + ARN + "w\nweb_identity_token_file = {dir}/web-token\n"
     "role_session_name = me\n", "", None),
    ("a profile by name before the environment's web identity", "base", WEB, "", BASE, None),
    ("web identity as a source", "r", {}, "[profile r]\n" + ROLE + "source_profile = w\n[profile w]\nrole_arn = " + ARN +
     "w\nweb_identity_token_file = {dir}/web-token\n", "", None),
    ("web identity without a role", "", {"AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/web-token"}, "", "", ["AWS_ROLE_ARN"]),
    ("web identity whose token is gone", "", WEB | {"AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/gone"}, "", "", ["{dir}/gone"]),
    # --- containers
    ("container", "", FULL, "", "", None),
    ("container with a token", "", FULL | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc"}, "", "", None),
    ("container with a token's file", "", FULL | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{dir}/token",
                                                  "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this"}, "", "", None),
    ("container after the default profile", "", FULL, "", DEFAULT, None),
    ("container for a profile without keys", "e", FULL, "[profile e]\nregion = eu-west-1\n", "", None),
    ("container elsewhere", "", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/keys"}, "", "", ["this host"]),
    ("container that has none", "", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/nothing"}, "", "", ["404"]),
    # --- instances
    ("instance", "", METADATA, "", "", None),
    ("instance for a profile without keys", "e", METADATA, "[profile e]\nregion = eu-west-1\n", "", None),
    ("instance by the config file", "", {"AWS_EC2_METADATA_DISABLED": "false"},
     "[default]\nec2_metadata_service_endpoint = {url}/imds/\n", "", None),
    ("instance of old", "", METADATA | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/old"}, "", "", None),
    ("instance of old, which is not wanted", "", METADATA | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/old",
                                                            "AWS_EC2_METADATA_V1_DISABLED": "true"}, "", "", ["no AWS"]),
    ("instance switched off", "", METADATA | {"AWS_EC2_METADATA_DISABLED": "TRUE"}, "", "", ["no AWS credentials"]),
    ("container before instance", "", METADATA | FULL, "", "", None),
]
