/* Pools of VLANs, and who holds which. */
#include "core/service/pools.h"
#include "portal/api/api.h"
#include "portal/api/many.h"

#define POOL(name, member, kind, help)                                         \
	{                                                                      \
		name, kind, 0, offsetof(struct pool, member),                  \
		    sizeof(((struct pool *)0)->member), NULL, help             \
	}
const struct field api_pool_fields[] = {
    POOL("id", plan.id, FIELD_ID, "the plan, by which a pool is known"),
    POOL("name", plan.name, FIELD_TEXT, "the name of the plan"),
    POOL("network", plan.network, FIELD_ID, "on which network"),
    POOL("pool", plan.pool, FIELD_TEXT, "its VLANs, as 100-199,300"),
    POOL("size", size, FIELD_LONG, "how many VLANs that are"),
    POOL("leased", leased, FIELD_LONG, "how many of them are taken"), {0}};

#define LEASE(member, kind, help)                                              \
	{                                                                      \
#member, kind, 0, offsetof(struct pool_lease, member),         \
		    sizeof(((struct pool_lease *)0)->member), NULL, help       \
	}
const struct field api_lease_fields[] = {LEASE(vlan, FIELD_LONG, "the VLAN"),
    LEASE(holder, FIELD_ID, "whose it is"),
    LEASE(noun, FIELD_TEXT, "person or unit"),
    LEASE(name, FIELD_TEXT, "the name of the holder"),
    LEASE(state, FIELD_TEXT, "of the holder: active, suspended, ended"),
    LEASE(reason, FIELD_TEXT, "why, of that"),
    LEASE(keys, FIELD_LONG, "passwords on it that are active"),
    LEASE(suspended, FIELD_LONG, "passwords on it that are suspended"),
    LEASE(since, FIELD_TIME, "since when"), {0}};

enum err
api_pool_list(struct api *a)
{
	struct pool *all = NULL;
	size_t n = 0;
	enum err e = pools_list(a->c, &all, &n);

	return e ? e : api_list(a, api_pool_fields, all, n, sizeof(*all), true);
}

enum err
api_pool_leases(struct api *a)
{
	struct pool_lease *all = NULL;
	struct pool pool = {.leased = 0};
	size_t n = 0;
	enum err e =
	    pools_leases(a->c, &a->id, a->offset, a->limit, &pool, &all, &n);

	a->total = (size_t)pool.leased;
	return e ? e
		 : api_list(a, api_lease_fields, all, n, sizeof(*all), false);
}
