/*
 * label.h - what the fields of forms are called
 *
 * For forms that are made of the tables of members (portal/admin/editor.h), and
 * for showing what was typed into any form when its page is gone (again.h).
 */
#pragma once

/* What the field or member NAME is called on pages of LANG; NULL: not known. */
const char *label_of(int lang, const char *name);

/* The same for what a person types into a form that the handler PAGE takes, and
 * NULL for what is only chosen or ticked there. */
const char *label_typed(int lang, const char *page, const char *name);
