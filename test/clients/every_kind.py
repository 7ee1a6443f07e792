"""Creates, publishes, binds, lists and deletes what a gateway can have."""

import json
import os
import tempfile

from huaweicloudsdkcore.http.formdata import FormFile

from session import Session

session = Session()
call = session.call

zones = call("list_available_zones_v2")
instance = call(
    "create_instance_v2",
    {
        "instance_name": "python_gateway",
        "spec_id": "BASIC",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "security_group_id": "group-1",
        "available_zone_ids": [zones["available_zones"][0]["id"]],
        "bandwidth_size": 0,
    },
)["instance_id"]
at = {"instance_id": instance}
call("show_details_of_instance_progress_v2", **at)
call("show_details_of_instance_v2", **at)
call("update_instance_v2", {"description": "changed", "instance_name": "python_gateway_2"}, **at)
call("list_instances_v2", limit=10)
call("show_restriction_of_instance_v2", **at)

environment = call("create_environment_v2", {"name": "PYTHON"}, **at)["id"]
call("update_environment_v2", {"name": "PYTHON", "remark": "changed"}, env_id=environment, **at)
call("list_environments_v2", **at)

group = call("create_api_group_v2", {"name": "python", "remark": "r"}, **at)["id"]
call("update_api_group_v2", {"name": "python_2"}, group_id=group, **at)
call("check_api_groups_v2", {"group_name": "free"}, **at)
call("update_sl_domain_setting_v2", {"sl_domain_access_enabled": True}, group_id=group, **at)

variable = call(
    "create_environment_variable_v2",
    {"group_id": group, "env_id": environment, "variable_name": "HOST", "variable_value": "a.internal"},
    **at,
)["id"]
call("update_environment_variable_v2", {"variable_value": "b.internal"}, env_variable_id=variable, **at)
call("show_details_of_environment_variable_v2", env_variable_id=variable, **at)
call("list_environment_variables_v2", group_id=group, **at)
call("delete_environment_variable_v2", env_variable_id=variable, **at)

domain = call("associate_domain_v2", {"url_domain": "python.example.com"}, group_id=group, **at)["id"]
call("update_domain_v2", {"min_ssl_version": "TLSv1.2"}, group_id=group, domain_id=domain, **at)
pair = {"cert_content": os.environ["CERTIFICATE"], "private_key": os.environ["PRIVATE_KEY"]}
certificate = call("create_certificate_v2", {"name": "python", "type": "global", **pair})["id"]
call("update_certificate_v2", {"name": "python_2", **pair}, certificate_id=certificate)
call("show_details_of_certificate_v2", certificate_id=certificate)
call("list_certificates_v2")
place = {"group_id": group, "domain_id": domain, **at}
call("batch_associate_certs_v2", {"certificate_ids": [certificate]}, **place)
call("list_attached_domains_v2", certificate_id=certificate)
call("show_details_of_api_group_v2", group_id=group, **at)
call("list_api_groups_v2", **at)
call("batch_disassociate_certs_v2", {"certificate_ids": [certificate]}, **place)
names = {"domains": [{"domain": "python.example.com"}]}
call("batch_associate_domains_v2", names, certificate_id=certificate)
call("batch_disassociate_domains_v2", names, certificate_id=certificate)
call("delete_certificate_v2", certificate_id=certificate)
legacy = call("associate_certificate_v2", {"name": "python_3", **pair}, **place)["ssl_id"]
call("show_details_of_domain_name_certificate_v2", certificate_id=legacy, **place)
call("disassociate_certificate_v2", certificate_id=legacy, **place)
call("delete_certificate_v2", certificate_id=legacy)

channel = call(
    "create_vpc_channel_v2",
    {
        "name": "python_channel",
        "port": 8080,
        "balance_strategy": 1,
        "member_type": "ip",
        "type": 2,
        "vpc_health_config": {
            "protocol": "tcp",
            "threshold_normal": 2,
            "threshold_abnormal": 2,
            "timeout": 2,
            "time_interval": 10,
        },
        "members": [{"host": "127.0.0.1", "weight": 1}],
    },
    **at,
)
channel_id = channel.get("id", "none")
call("show_details_of_vpc_channel_v2", vpc_channel_id=channel_id, **at)
call("list_vpc_channels_v2", **at)
call("list_backend_instances_v2", vpc_channel_id=channel_id, **at)
call("delete_vpc_channel_v2", vpc_channel_id=channel_id, **at)

response = call(
    "create_gateway_response_v2",
    {"name": "python", "responses": {"THROTTLED": {"status": 429, "body": "{}"}}},
    group_id=group,
    **at,
).get("id", "none")
call("show_details_of_gateway_response_v2", group_id=group, response_id=response, **at)
call("list_gateway_responses_v2", group_id=group, **at)


def api_body(name, path, **fields):
    return {
        "name": name,
        "type": 1,
        "version": "1",
        "req_protocol": "HTTP",
        "req_method": "GET",
        "req_uri": path,
        "auth_type": "APP",
        "backend_type": "MOCK",
        "mock_info": {"result_content": "{}"},
        "group_id": group,
        **fields,
    }


api = call("create_api_v2", api_body("python_mock", "/mock"), **at)["id"]
proxied = call(
    "create_api_v2",
    api_body(
        "python_http",
        "/http/{id}",
        backend_type="HTTP",
        mock_info=None,
        backend_api={
            "url_domain": "backend.internal:8080",
            "req_protocol": "HTTP",
            "req_method": "GET",
            "req_uri": "/b/{id}",
            "timeout": 5000,
        },
        req_params=[{"name": "id", "type": "STRING", "location": "PATH", "required": 1}],
        backend_params=[{"origin": "REQUEST", "name": "id", "location": "PATH", "value": "id"}],
        policy_https=[
            {
                "name": "beta",
                "effect_mode": "ANY",
                "url_domain": "beta.internal",
                "req_protocol": "HTTP",
                "req_method": "GET",
                "req_uri": "/c",
                "conditions": [{"condition_origin": "source", "condition_value": "192.0.2.0/24"}],
            }
        ],
    ),
    **at,
)["id"]
call("update_api_v2", api_body("python_mock", "/mock", remark="changed"), api_id=api, **at)
call("show_details_of_api_v2", api_id=proxied, **at)
call("list_apis_v2", **at)
call("check_apis_v2", {"type": "name", "name": "free", "group_id": group}, **at)
online = {"action": "online", "env_id": environment}
publish = call("create_or_delete_publish_record_for_api_v2", {**online, "api_id": api}, **at)["publish_id"]
call("batch_publish_or_offline_api_v2", {"apis": [proxied], "env_id": environment}, action="online", **at)
versions = call("list_api_versions_v2", api_id=api, **at)
version = versions["api_versions"][0]["version_id"]
call("list_api_version_detail_v2", version_id=version, **at)
call("change_api_version_v2", {"version_id": version}, api_id=api, **at)
call("list_api_runtime_definition_v2", api_id=api, env_id=environment, **at)
call("show_details_of_api_group_v2", group_id=group, **at)

limits = {"name": "python", "type": 1, "api_call_limits": 10, "time_interval": 1, "time_unit": "SECOND"}
throttle = call("create_request_throttling_policy_v2", limits, **at)["id"]
call("update_request_throttling_policy_v2", {**limits, "remark": "r"}, throttle_id=throttle, **at)
call("show_details_of_request_throttling_policy_v2", throttle_id=throttle, **at)
call("list_request_throttling_policy_v2", **at)
bound = call(
    "associate_request_throttling_policy_v2", {"strategy_id": throttle, "publish_ids": [publish]}, **at
)
call("list_apis_binded_to_request_throttling_policy_v2", throttle_id=throttle, **at)
call("list_apis_unbinded_to_request_throttling_policy_v2", throttle_id=throttle, **at)
call("list_request_throttling_policies_binded_to_api_v2", api_id=api, **at)

app = call("create_an_app_v2", {"name": "python_app"}, **at)["id"]
call("update_app_v2", {"name": "python_app_2"}, app_id=app, **at)
call("show_details_of_app_v2", app_id=app, **at)
call("list_apps_v2", **at)
call("resetting_app_secret_v2", {"app_secret": ""}, app_id=app, **at)
call("check_app_v2", app_id=app, **at)
code = call("create_app_code_auto_v2", app_id=app, **at)["id"]
call("create_app_code_v2", {"app_code": "a" * 64}, app_id=app, **at)
call("show_details_of_app_code_v2", app_id=app, app_code_id=code, **at)
call("list_app_codes_v2", app_id=app, **at)
call("delete_app_code_v2", app_id=app, app_code_id=code, **at)
special = {"object_type": "APP", "object_id": app, "call_limits": 5}
exception = call("create_special_throttling_configuration_v2", special, throttle_id=throttle, **at)["id"]
exception_at = {"throttle_id": throttle, "strategy_id": exception, **at}
call("update_special_throttling_configuration_v2", {"call_limits": 6}, **exception_at)
call("list_special_throttling_configurations_v2", throttle_id=throttle, **at)
call("delete_special_throttling_configuration_v2", **exception_at)
call("create_authorizing_apps_v2", {"env_id": environment, "app_ids": [app], "api_ids": [api]}, **at)
call("list_apis_binded_to_app_v2", app_id=app, **at)
call("list_apis_unbinded_to_app_v2", app_id=app, env_id=environment, **at)
authorized = call("list_apps_binded_to_api_v2", api_id=api, **at)
call("canceling_authorization_v2", app_auth_id=authorized["auths"][0]["id"], **at)

entries = {"acl_name": "python", "acl_type": "PERMIT", "acl_value": "192.0.2.1", "entity_type": "IP"}
acl = call("create_acl_strategy_v2", entries, **at)["id"]
call("update_acl_strategy_v2", {**entries, "acl_value": "192.0.2.2"}, acl_id=acl, **at)
call("show_details_of_acl_policy_v2", acl_id=acl, **at)
call("list_acl_strategies_v2", **at)
call("create_api_acl_binding_v2", {"acl_id": acl, "publish_ids": [publish]}, **at)
call("list_apis_binded_to_acl_policy_v2", acl_id=acl, **at)
call("list_apis_unbinded_to_acl_policy_v2", acl_id=acl, **at)
policies = call("list_acl_policy_binded_to_api_v2", api_id=api, **at)
call("delete_api_acl_binding_v2", acl_bindings_id=policies["acls"][0]["bind_id"], **at)
call("delete_acl_v2", acl_id=acl, **at)

sign = call("create_signature_key_v2", {"name": "python_key", "sign_type": "hmac"}, **at)["id"]
call("update_signature_key_v2", {"name": "python_key_2", "sign_type": "hmac"}, sign_id=sign, **at)
call("list_signature_keys_v2", **at)
call("associate_signature_key_v2", {"sign_id": sign, "publish_ids": [publish]}, **at)
call("list_apis_binded_to_signature_key_v2", sign_id=sign, **at)
call("list_apis_not_bound_with_signature_key_v2", sign_id=sign, **at)
signatures = call("list_signature_keys_binded_to_api_v2", api_id=api, **at)
call("disassociate_signature_key_v2", sign_bindings_id=signatures["bindings"][0]["id"], **at)
call("delete_signature_key_v2", sign_id=sign, **at)

what = {"env_id": environment, "group_id": group, "define": "all"}
document = call("export_api_definitions_v2", what, oas_version="3.0", **at)
call("export_api_definitions_async", what, oas_version="2.0", **at)
document["info"]["title"] = "python_imported"
with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    json.dump(document, file)
    file.flush()
    form = {"file_name": FormFile(file.name), "is_create_group": True, "api_mode": "merge"}
    result = call("import_api_definitions_v2", form, **at)
    again = {"file_name": FormFile(file.name), "is_create_group": False, "group_id": result["group_id"]}
    task = call("import_api_definitions_async", again, **at)["task_id"]
while call("show_async_task_result", task_id=task, **at)["task_status"] in ("waiting", "processing"):
    pass
if len(result["success"]) != 2 or result["failure"]:
    raise RuntimeError(result)
for imported in result["success"]:
    call("delete_api_v2", api_id=imported["id"], **at)
call("delete_api_group_v2", group_id=result["group_id"], **at)

call("disassociate_request_throttling_policy_v2", throttle_binding_id=bound["throttle_applys"][0]["id"], **at)
call("delete_request_throttling_policy_v2", throttle_id=throttle, **at)
call("delete_app_v2", app_id=app, **at)
offline = {"action": "offline", "env_id": environment}
call("create_or_delete_publish_record_for_api_v2", {**offline, "api_id": api}, **at)
call("batch_publish_or_offline_api_v2", {"apis": [proxied], "env_id": environment}, action="offline", **at)
call("delete_api_v2", api_id=api, **at)
call("delete_api_v2", api_id=proxied, **at)
call("delete_gateway_response_v2", group_id=group, response_id=response, **at)
call("disassociate_domain_v2", **place)
call("delete_api_group_v2", group_id=group, **at)
call("delete_environment_v2", env_id=environment, **at)
call("delete_instances_v2", **at)
