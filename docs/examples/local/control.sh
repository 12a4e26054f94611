# The address is that of `cleanroomsml local`.
control=$AWS_ENDPOINT_URL_CLEANROOMSML/_cleanroomsml/v1
curl -fsS "$control/health"
curl -fsS "$control/memberships"
curl -fsS "$control/fail-next" -d '{"operation": "CreateAudienceModel", "message": "No rows."}'
curl -fsS "$control/faults" -d '{"fault": "Throttle", "operation": "GetAudienceModel", "times": 2}'
curl -fsS "$control/clock" -d '{"advance": 3600}'
curl -fsS "$control/resources?accountId=111122223333"
curl -fsS "$control/requests"
curl -fsS "$control/reset" -X POST
