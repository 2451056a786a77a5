-- Who an order may name: practitioners and their roles, by the number of the public register.
select key, npi, null::varchar as nucc, null::varchar as organization
from input__fhir_practitioner
union all
select
  role.key,
  coalesce(role.npi, practitioner.npi) as npi,
  role.nucc,
  role.organization
from input__fhir_practitioner_role as role
left join input__fhir_practitioner as practitioner on practitioner.key = role.practitioner
