"""Makes the calls that the life of every kind does not need: parts of objects, policies of the newer sort, batches, counts."""

import os

from session import Session

call = Session().call

instance = call(
    "create_instance_v2",
    {
        "instance_name": "python_other",
        "spec_id": "BASIC",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "security_group_id": "group-1",
        "available_zone_ids": ["az-a"],
        "loadbalancer_provider": "lvs",
    },
)["instance_id"]
at = {"instance_id": instance}

call("add_eip_v2", {"eip_id": "eip-1"}, **at)
call("remove_eip_v2", **at)
call("add_engress_eip_v2", {"bandwidth_size": "5"}, **at)
call("update_engress_eip_v2", {"bandwidth_size": "6"}, **at)
call("remove_engress_eip_v2", **at)
tags = {"action": "create", "tags": [{"key": "team", "value": "shop"}]}
call("batch_create_or_delete_instance_tags", tags, **at)
call("list_instance_tags", **at)
call("list_project_instance_tags")
call("create_feature_v2", {"name": "app_basic", "enable": True, "config": "on"}, **at)
call("list_features_v2", **at)
call("list_instance_features", **at)
call("list_instance_configs_v2")
call("list_project_cofigs_v2", **at)

environment = call("create_environment_v2", {"name": "OTHER"}, **at)["id"]
group = call("create_api_group_v2", {"name": "other"}, **at)["id"]

response = call("create_gateway_response_v2", {"name": "other"}, group_id=group, **at)["id"]
kind = {"group_id": group, "response_id": response, "response_type": "THROTTLED", **at}
call("update_gateway_response_type_v2", {"status": 503, "body": "later"}, **kind)
call("show_details_of_gateway_response_type_v2", **kind)
call("delete_gateway_response_type_v2", **kind)
call("update_gateway_response_v2", {"name": "other_2"}, group_id=group, response_id=response, **at)

shape = {"name": "other", "port": 80, "balance_strategy": 1, "member_type": "ip"}
channel = {"vpc_channel_id": call("create_vpc_channel_v2", shape, **at)["id"], **at}
groups = {"member_groups": [{"member_group_name": "blue", "member_group_weight": 10}]}
blue = call("create_member_group", groups, **channel)["member_groups"][0]["member_group_id"]
call("list_member_groups", **channel)
call("show_details_of_member_group", member_group_id=blue, **channel)
call("update_member_group", {"member_group_name": "teal"}, member_group_id=blue, **channel)
members = {"members": [{"host": "127.0.0.1", "weight": 1}, {"host": "127.0.0.2", "weight": 2}]}
call("adding_backend_instances_v2", members, **channel)
call("update_backend_instances_v2", members, **channel)
member = call("list_backend_instances_v2", **channel)["members"][0]["id"]
call("batch_disable_members", {"member_ids": [member]}, **channel)
call("batch_enable_members", {"member_ids": [member]}, **channel)
call("delete_backend_instance_v2", member_id=member, **channel)
check = {"protocol": "tcp", "threshold_normal": 2, "threshold_abnormal": 2, "timeout": 2, "time_interval": 10}
call("update_health_check", check, **channel)
call("delete_member_group", member_group_id=blue, **channel)
call("update_vpc_channel_v2", {**shape, "name": "other_2"}, **channel)
call("delete_vpc_channel_v2", **channel)

authorizer = {
    "name": "other",
    "type": "FRONTEND",
    "authorizer_type": "FUNC",
    "authorizer_uri": os.environ["FUNCTION_URN"],
    "identities": [{"name": "ticket", "location": "HEADER"}],
    "ttl": 60,
}
authorizer_id = call("create_custom_authorizer_v2", authorizer, **at)["id"]
call("update_custom_authorizer_v2", {**authorizer, "ttl": 0}, authorizer_id=authorizer_id, **at)
call("show_details_of_custom_authorizers_v2", authorizer_id=authorizer_id, **at)
call("list_custom_authorizers_v2", **at)
call("delete_custom_authorizer_v2", authorizer_id=authorizer_id, **at)

api = call(
    "create_api_v2",
    {
        "group_id": group,
        "name": "other",
        "type": 1,
        "req_protocol": "HTTP",
        "req_method": "GET",
        "req_uri": "/other",
        "auth_type": "NONE",
        "backend_type": "MOCK",
        "mock_info": {"result_content": "hello"},
        "tags": ["shop"],
    },
    **at,
)["id"]
online = {"action": "online", "api_id": api, "env_id": environment}
published = call("create_or_delete_publish_record_for_api_v2", online, **at)
publish = {"publish_ids": [published["publish_id"]]}
request = {"mode": "DEVELOPER", "scheme": "HTTP", "method": "GET", "path": "/other"}
call("debug_api_v2", request, api_id=api, **at)
call("list_tags_v2", **at)
call("list_api_groups_quantities_v2", **at)
call("list_api_quantities_v2", **at)
call("list_app_quantities_v2", **at)
call("list_lately_api_statistics_v2", api_id=api, duration="1h", **at)
call("list_lately_group_statistics_v2", group_id=group, **at)

plugin_body = {
    "plugin_name": "other",
    "plugin_type": "set_resp_headers",
    "plugin_scope": "global",
    "plugin_content": '{"response_headers":[{"name":"X-Python","value":"yes","action":"override"}]}',
}
plugin = call("create_plugin", plugin_body, **at)["plugin_id"]
call("update_plugin", {**plugin_body, "remark": "r"}, plugin_id=plugin, **at)
call("show_plugin", plugin_id=plugin, **at)
call("list_plugins", **at)
call("list_plugin_attachable_apis", plugin_id=plugin, env_id=environment, **at)
call("list_api_attachable_plugins", api_id=api, env_id=environment, **at)
call("attach_api_to_plugin", {"env_id": environment, "api_ids": [api]}, plugin_id=plugin, **at)
call("list_plugin_attached_apis", plugin_id=plugin, **at)
call("list_api_attached_plugins", api_id=api, **at)
call("detach_api_from_plugin", {"env_id": environment, "api_ids": [api]}, plugin_id=plugin, **at)
call("attach_plugin_to_api", {"env_id": environment, "plugin_ids": [plugin]}, api_id=api, **at)
call("detach_plugin_from_api", {"env_id": environment, "plugin_ids": [plugin]}, api_id=api, **at)
call("delete_plugin", plugin_id=plugin, **at)

app = call("create_an_app_v2", {"name": "other"}, **at)["id"]
call("update_app_acl", {"app_acl_type": "PERMIT", "app_acl_values": ["192.0.2.1"]}, app_id=app, **at)
call("show_details_of_app_acl", app_id=app, **at)
call("delete_app_acl", app_id=app, **at)
quota_body = {"name": "other", "call_limits": 10, "time_unit": "DAY", "time_interval": 1}
quota = call("create_app_quota", quota_body, **at)["app_quota_id"]
call("update_app_quota", {**quota_body, "call_limits": 20}, app_quota_id=quota, **at)
call("show_app_quota", app_quota_id=quota, **at)
call("list_app_quotas", **at)
call("list_app_quota_bindable_apps", app_quota_id=quota, **at)
call("associate_apps_for_app_quota", {"app_ids": [app]}, app_quota_id=quota, **at)
call("list_app_quota_bound_apps", app_quota_id=quota, **at)
call("show_app_bound_app_quota", app_id=app, **at)
call("disassociate_app_quota_with_app", app_quota_id=quota, app_id=app, **at)
call("delete_app_quota", app_quota_id=quota, **at)
call("delete_app_v2", app_id=app, **at)

limits = {"name": "other", "type": 1, "api_call_limits": 10, "time_interval": 1, "time_unit": "SECOND"}
throttle = call("create_request_throttling_policy_v2", limits, **at)["id"]
bound = call("associate_request_throttling_policy_v2", {"strategy_id": throttle, **publish}, **at)
ids = {"throttle_bindings": [bound["throttle_applys"][0]["id"]]}
call("batch_disassociate_throttling_policy_v2", ids, action="delete", **at)
entries = {"acl_name": "other", "acl_type": "PERMIT", "acl_value": "192.0.2.1", "entity_type": "IP"}
acl = call("create_acl_strategy_v2", entries, **at)["id"]
bound = call("create_api_acl_binding_v2", {"acl_id": acl, **publish}, **at)
ids = {"acl_bindings": [bound["acl_bindings"][0]["id"]]}
call("batch_delete_api_acl_binding_v2", ids, action="delete", **at)
call("batch_delete_acl_v2", {"acls": [acl]}, action="delete", **at)

call("delete_api_by_version_id_v2", version_id=published["version_id"], **at)
call("delete_api_v2", api_id=api, **at)
call("delete_instances_v2", **at)

elb = call(
    "create_instance_v2",
    {
        "instance_name": "python_elb",
        "spec_id": "BASIC",
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "security_group_id": "group-1",
        "available_zone_ids": ["az-a"],
    },
)["instance_id"]
inbound = {"bandwidth_size": 5, "bandwidth_charging_mode": "bandwidth"}
call("add_ingress_eip_v2", inbound, instance_id=elb)
call("update_ingress_eip_v2", {**inbound, "bandwidth_size": 6}, instance_id=elb)
call("remove_ingress_eip_v2", instance_id=elb)
call("create_post_pay_resize_order", {"spec_id": "PROFESSIONAL"}, instance_id=elb)
call("delete_instances_v2", instance_id=elb)
