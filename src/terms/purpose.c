/*
 * The table. Parents as in DPV 2.2, but for one edge: DPV puts ServicePersonalisation under
 * ServiceProvision besides Personalisation. It is left out here, so that a grant to provide a
 * service never covers personalising it, and one for Personalisation covers what its name says.
 */
#include "purpose.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum {
	PERSONALISATION, SERVICE_PERSONALISATION, RECOMMENDATIONS, PRODUCTS, EVENTS, BENEFITS,
	INTERFACE, MARKETING, ADVERTISING, PERSONALISED_ADVERTISING, TARGETED_ADVERTISING,
	SECURITY, VERIFICATION, AGE, CUSTOMERS, ORDERS, SERVICE, REQUESTED, DELIVERY,
	OPTIMISATION, FOR_CONTROLLER, IMPROVE, RESEARCH, COMMERCIAL, COMMERCIAL_RESEARCH, PUBLIC,
	ALTRUISM, COUNT
};

#define DPV "https://w3id.org/dpv#"

static const struct {
	const char *name, *words;
	int parent[2];
} table[COUNT] = {
	[PERSONALISATION] = { "dpv:Personalisation", "personalising", { -1, -1 } },
	[SERVICE_PERSONALISATION] = { "dpv:ServicePersonalisation", "personalising its service",
				      { PERSONALISATION, -1 } },
	[RECOMMENDATIONS] = { "dpv:ProvidePersonalisedRecommendations", "recommending",
			      { SERVICE_PERSONALISATION, -1 } },
	[PRODUCTS] = { "dpv:ProvideProductRecommendations", "recommending products",
		       { RECOMMENDATIONS, -1 } },
	[EVENTS] = { "dpv:ProvideEventRecommendations", "recommending events",
		     { RECOMMENDATIONS, -1 } },
	[BENEFITS] = { "dpv:PersonalisedBenefits", "personal benefits",
		       { SERVICE_PERSONALISATION, -1 } },
	[INTERFACE] = { "dpv:UserInterfacePersonalisation", "fitting pages to you",
			{ SERVICE_PERSONALISATION, -1 } },
	[MARKETING] = { "dpv:Marketing", "marketing", { -1, -1 } },
	[ADVERTISING] = { "dpv:Advertising", "advertising", { MARKETING, -1 } },
	[PERSONALISED_ADVERTISING] = { "dpv:PersonalisedAdvertising", "personal advertising",
				       { ADVERTISING, PERSONALISATION } },
	[TARGETED_ADVERTISING] = { "dpv:TargetedAdvertising", "advertising aimed at you",
				   { PERSONALISED_ADVERTISING, -1 } },
	[SECURITY] = { "dpv:EnforceSecurity", "security", { -1, -1 } },
	[VERIFICATION] = { "dpv:Verification", "checking a claim", { SECURITY, -1 } },
	[AGE] = { "dpv:AgeVerification", "checking your age", { VERIFICATION, -1 } },
	[CUSTOMERS] = { "dpv:CustomerManagement", "managing customers", { -1, -1 } },
	[ORDERS] = { "dpv:CustomerOrderManagement", "handling your order", { CUSTOMERS, -1 } },
	[SERVICE] = { "dpv:ServiceProvision", "providing its service", { -1, -1 } },
	[REQUESTED] = { "dpv:RequestedServiceProvision", "a service you requested",
			{ SERVICE, -1 } },
	[DELIVERY] = { "dpv:DeliveryOfGoods", "delivering goods", { REQUESTED, -1 } },
	[OPTIMISATION] = { "dpv:ServiceOptimisation", "optimising its service", { SERVICE, -1 } },
	[FOR_CONTROLLER] = { "dpv:OptimisationForController", "optimising its business",
			     { OPTIMISATION, -1 } },
	[IMPROVE] = { "dpv:ImproveExistingProductsAndServices", "improving its products",
		      { FOR_CONTROLLER, -1 } },
	[RESEARCH] = { "dpv:ResearchAndDevelopment", "research", { -1, -1 } },
	[COMMERCIAL] = { "dpv:CommercialPurpose", "its commerce", { -1, -1 } },
	[COMMERCIAL_RESEARCH] = { "dpv:CommercialResearch", "commercial research",
				  { RESEARCH, COMMERCIAL } },
	[PUBLIC] = { "dpv:PublicBenefit", "public benefit", { -1, -1 } },
	[ALTRUISM] = { "dpv:DataAltruism", "the common good", { PUBLIC, -1 } },
};

_Static_assert((int)COUNT == (int)PURPOSES, "the header names the size of the table");

int purpose_find(const char *iri)
{
	size_t skip = strlen(DPV);
	int i;

	if (strncmp(iri, DPV, skip) == 0)
		iri += skip;
	else if (strncmp(iri, "dpv:", 4) == 0)
		iri += 4;
	else
		return PURPOSE_NONE;
	for (i = 0; i < COUNT; i++)
		if (strcmp(table[i].name + 4, iri) == 0)
			return i;
	return PURPOSE_NONE;
}

const char *purpose_name(int purpose)
{
	assert(purpose >= 0 && purpose < COUNT);
	return table[purpose].name;
}

const char *purpose_words(int purpose)
{
	assert(purpose >= 0 && purpose < COUNT);
	return table[purpose].words;
}

/* Ends: no purpose is above itself, which the test walks through. */
bool purpose_covers(int granted, int asked)
{
	int i;

	assert(granted >= 0 && granted < COUNT && asked >= 0 && asked < COUNT);
	if (granted == asked)
		return true;
	if (table[asked].parent[0] < 0)
		return false;
	for (i = 0; i < 2 && table[asked].parent[i] >= 0; i++)
		if (!purpose_covers(granted, table[asked].parent[i]))
			return false;
	return true;
}

static bool meets(int ancestor, int purpose)
{
	int i;

	if (ancestor == purpose)
		return true;
	for (i = 0; i < 2 && table[purpose].parent[i] >= 0; i++)
		if (meets(ancestor, table[purpose].parent[i]))
			return true;
	return false;
}

bool purpose_touches(int forbidden, int asked)
{
	assert(forbidden >= 0 && forbidden < COUNT && asked >= 0 && asked < COUNT);
	return meets(forbidden, asked) || meets(asked, forbidden);
}

bool purpose_is_advertising(int purpose)
{
	assert(purpose >= 0 && purpose < COUNT);
	return meets(MARKETING, purpose);
}

bool purpose_is_training(int purpose)
{
	return purpose_touches(IMPROVE, purpose) || purpose_touches(RESEARCH, purpose);
}
