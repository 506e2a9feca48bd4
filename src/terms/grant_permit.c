/*
 * A permission: target, action, constraints and duties. Each left operand has one operator here
 * and stands at most once, so that no two readings of a permission are possible.
 */
#include "grant_permit.h"

#include <assert.h>
#include <string.h>

#include "terms/budget.h"
#include "terms/purpose.h"
#include "terms/shape.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { PURPOSE, DATE_TIME, USES, PRECISION, EPSILON, FACT, OPERANDS };

static const struct {
	const char *left, *operator;
	enum document_kind kind;
} operands[OPERANDS] = {
	[PURPOSE] = { "purpose", "isA", TREE_TEXT },
	[DATE_TIME] = { "dateTime", "lt", TREE_TEXT },
	[USES] = { "count", "lteq", TREE_INT },
	[PRECISION] = { "tacit:precision", "lteq", TREE_TEXT },
	[EPSILON] = { "tacit:epsilon", "lteq", TREE_TEXT },
	[FACT] = { "tacit:fact", "isAnyOf", TREE_ARRAY },
};

static int read_facts(const struct document_node *node, struct grant_permission *out,
		      struct error *error)
{
	const struct document_node *one;

	if (node->count > LIMIT_ASK_FACTS)
		return error_set(error, TACIT_E_LIMIT, "constraint: more than %d facts",
				 LIMIT_ASK_FACTS);
	for (one = node->first; one != NULL; one = one->next) {
		int result = shape_text(one, "tacit:fact", 64, error);

		if (result != 0)
			return result;
		out->fact[out->facts++] = one->text;
	}
	return 0;
}

/* The right operand into the permission, by its left operand. */
static int read_right(int operand, const struct document_node *right, struct grant_permission *out,
		      struct error *error)
{
	switch (operand) {
	case PURPOSE:
		out->purpose = purpose_find(right->text);
		if (out->purpose == PURPOSE_NONE)
			return shape_unknown(error, "constraint", "purpose", right->text);
		return 0;
	case DATE_TIME:
		return shape_time(right, "constraint", &out->until, error);
	case USES:
		if (right->number < 0 || right->number > LIMIT_USES)
			return error_set(error, TACIT_E_LIMIT,
					 "constraint: \"count\" is not within 0 and %d",
					 LIMIT_USES);
		out->count = (uint64_t)right->number;
		return 0;
	case PRECISION:
		if (!notch_find(right->text, &out->notch))
			return shape_unknown(error, "constraint", "precision", right->text);
		return 0;
	case EPSILON:
		if (!budget_parse(right->text, &out->epsilon))
			return error_set(error, TACIT_E_FORMAT,
					 "constraint: \"tacit:epsilon\" wants one like \"1.0\"");
		return 0;
	default:
		return read_facts(right, out, error);
	}
}

static int read_constraint(const struct document_node *node, struct grant_permission *out,
			   uint32_t *seen, struct error *error)
{
	const struct document_node *left, *operator, *right;
	int i;

	if (node->kind != TREE_OBJECT || node->count != 3)
		return error_set(error, TACIT_E_FORMAT,
				 "constraint is not leftOperand, operator and rightOperand");
	left = document_member(node, "leftOperand");
	operator = document_member(node, "operator");
	right = document_member(node, "rightOperand");
	if (left == NULL || operator == NULL || right == NULL || left->kind != TREE_TEXT ||
	    operator->kind != TREE_TEXT)
		return error_set(error, TACIT_E_FORMAT,
				 "constraint is not leftOperand, operator and rightOperand");
	for (i = 0; i < OPERANDS && !document_is(left, operands[i].left); i++)
		;
	if (i == OPERANDS)
		return shape_unknown(error, "constraint", "leftOperand", left->text);
	if (!document_is(operator, operands[i].operator))
		return shape_unknown(error, operands[i].left, "operator", operator->text);
	if ((*seen & 1U << i) != 0)
		return error_set(error, TACIT_E_FORMAT, "constraint: \"%s\" stands twice",
				 operands[i].left);
	if (right->kind != operands[i].kind)
		return error_set(error, TACIT_E_FORMAT, "constraint: \"%s\" is of another kind",
				 operands[i].left);
	if (right->kind == TREE_TEXT) {
		int result = shape_text(right, "constraint", LIMIT_TERMS_TEXT, error);

		if (result != 0)
			return result;
	}
	*seen |= 1U << i;
	return read_right(i, right, out, error);
}

/* {"leftOperand":"delayPeriod","operator":"lteq","rightOperand":"P1D"} */
static int read_delay(const struct document_node *node, struct grant_permission *out,
		      struct error *error)
{
	static const struct shape_member table[] = {
		{ "leftOperand", TREE_TEXT, true, 0, "delayPeriod" },
		{ "operator", TREE_TEXT, true, 0, "lteq" },
		{ "rightOperand", TREE_TEXT, true, 16, NULL },
	};
	const struct document_node *found[COUNT(table)];
	int result = shape_check(node, "delete", table, COUNT(table), found, error);

	if (result == 0 && !shape_days(found[2]->text, &out->retention))
		return error_set(error, TACIT_E_FORMAT, "delete wants days, like P30D");
	return result;
}

/* {"leftOperand":"payAmount","operator":"gteq","rightOperand":"0.50","unit":"EUR"} */
static int read_pay(const struct document_node *node, struct grant_permission *out,
		    struct error *error)
{
	static const struct shape_member table[] = {
		{ "leftOperand", TREE_TEXT, true, 0, "payAmount" },
		{ "operator", TREE_TEXT, true, 0, "gteq" },
		{ "rightOperand", TREE_TEXT, true, 16, NULL },
		{ "unit", TREE_TEXT, true, 3, NULL },
	};
	const struct document_node *found[COUNT(table)];
	int result = shape_check(node, "compensate", table, COUNT(table), found, error);

	if (result != 0)
		return result;
	if (!shape_amount(found[2]->text, &out->amount) ||
	    strspn(found[3]->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return error_set(error, TACIT_E_FORMAT, "compensate wants one like 0.50 EUR");
	out->unit = found[3]->text;
	return 0;
}

static int read_duty(const struct document_node *node, struct grant_permission *out, uint32_t *seen,
		     struct error *error)
{
	static const struct shape_member table[] = {
		{ "action", TREE_TEXT, true, 64, NULL },
		{ "constraint", TREE_ARRAY, false, 1, NULL },
	};
	const struct document_node *found[COUNT(table)];
	int result = shape_check(node, "duty", table, COUNT(table), found, error);
	uint32_t bit;

	if (result != 0)
		return result;
	if (document_is(found[0], "delete"))
		bit = 1;
	else if (document_is(found[0], "compensate"))
		bit = 2;
	else
		return shape_unknown(error, "duty", "action", found[0]->text);
	if ((*seen & bit) != 0)
		return error_set(error, TACIT_E_FORMAT, "duty: \"%s\" stands twice",
				 found[0]->text);
	*seen |= bit;
	if (bit == 2) {
		out->compensate = true;
		return found[1] == NULL ? 0 : read_pay(found[1]->first, out, error);
	}
	if (found[1] == NULL)
		return error_set(error, TACIT_E_FORMAT, "duty: delete lacks \"constraint\"");
	return read_delay(found[1]->first, out, error);
}

int grant_permit_read(const struct document_node *node, struct grant_permission *out,
		      struct error *error)
{
	static const struct shape_member table[] = {
		{ "target", TREE_TEXT, true, LIMIT_TERMS_TEXT, NULL },
		{ "action", TREE_TEXT, true, 64, NULL },
		{ "constraint", TREE_ARRAY, true, OPERANDS, NULL },
		{ "duty", TREE_ARRAY, false, 2, NULL },
	};
	const struct document_node *found[COUNT(table)], *one;
	uint32_t seen = 0, duties = 0;
	int result = shape_check(node, "permission", table, COUNT(table), found, error);

	if (result != 0)
		return result;
	out->notch = NOTCH_SILENT;
	out->domain = shape_domain(found[0]->text);
	if (out->domain == NULL)
		return shape_unknown(error, "permission", "target", found[0]->text);
	if (strncmp(found[1]->text, "tacit:", 6) != 0 ||
	    !notch_type_find(found[1]->text + 6, found[1]->size - 6, &out->type))
		return shape_unknown(error, "permission", "action", found[1]->text);
	for (one = found[2]->first; one != NULL && result == 0; one = one->next)
		result = read_constraint(one, out, &seen, error);
	one = found[3] == NULL ? NULL : found[3]->first;
	for (; one != NULL && result == 0; one = one->next)
		result = read_duty(one, out, &duties, error);
	if (result != 0)
		return result;
	if ((seen & 7) != 7)
		return error_set(error, TACIT_E_FORMAT,
				 "permission lacks its purpose, dateTime or count");
	return 0;
}
