/* SPDX-License-Identifier: MIT */
/* The scripts of international labels. */
#include "learn/script.h"

#include <idn2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum script {
	SCRIPT_NONE, /* digits, hyphens, marks */
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_ARMENIAN,
	SCRIPT_HEBREW,
	SCRIPT_ARABIC,
	SCRIPT_INDIC,
	SCRIPT_THAI,
	SCRIPT_GEORGIAN,
	SCRIPT_CHEROKEE,
	SCRIPT_HANGUL,
	SCRIPT_HAN,
	SCRIPT_KANA,
	SCRIPT_BOPOMOFO,
	SCRIPT_OTHER,
	N_SCRIPTS
};

static const char *const names[N_SCRIPTS] = {
	[SCRIPT_NONE] = "no",		[SCRIPT_LATIN] = "Latin",
	[SCRIPT_GREEK] = "Greek",	[SCRIPT_CYRILLIC] = "Cyrillic",
	[SCRIPT_ARMENIAN] = "Armenian", [SCRIPT_HEBREW] = "Hebrew",
	[SCRIPT_ARABIC] = "Arabic",	[SCRIPT_INDIC] = "Indic",
	[SCRIPT_THAI] = "Thai",		[SCRIPT_GEORGIAN] = "Georgian",
	[SCRIPT_CHEROKEE] = "Cherokee", [SCRIPT_HANGUL] = "Hangul",
	[SCRIPT_HAN] = "Han",		[SCRIPT_KANA] = "Kana",
	[SCRIPT_BOPOMOFO] = "Bopomofo", [SCRIPT_OTHER] = "other",
};

/* Blocks of letters (Unicode 15, Blocks.txt), as far as domain names use
 * them; in ascending order. What is between them is of some other script. */
static const struct {
	uint32_t first, last;
	enum script script;
} blocks[] = {
	{ 0x0000, 0x0040, SCRIPT_NONE },
	{ 0x0041, 0x005a, SCRIPT_LATIN },
	{ 0x005b, 0x0060, SCRIPT_NONE },
	{ 0x0061, 0x007a, SCRIPT_LATIN },
	{ 0x007b, 0x00a9, SCRIPT_NONE },
	{ 0x00aa, 0x00aa, SCRIPT_LATIN },
	{ 0x00ab, 0x00b9, SCRIPT_NONE },
	{ 0x00ba, 0x00ba, SCRIPT_LATIN },
	{ 0x00bb, 0x00bf, SCRIPT_NONE },
	{ 0x00c0, 0x02af, SCRIPT_LATIN },
	{ 0x02b0, 0x036f, SCRIPT_NONE },
	{ 0x0370, 0x03ff, SCRIPT_GREEK },
	{ 0x0400, 0x052f, SCRIPT_CYRILLIC },
	{ 0x0530, 0x058f, SCRIPT_ARMENIAN },
	{ 0x0590, 0x05ff, SCRIPT_HEBREW },
	{ 0x0600, 0x06ff, SCRIPT_ARABIC },
	{ 0x0750, 0x077f, SCRIPT_ARABIC },
	{ 0x0870, 0x08ff, SCRIPT_ARABIC },
	{ 0x0900, 0x0dff, SCRIPT_INDIC },
	{ 0x0e00, 0x0e7f, SCRIPT_THAI },
	{ 0x10a0, 0x10ff, SCRIPT_GEORGIAN },
	{ 0x1100, 0x11ff, SCRIPT_HANGUL },
	{ 0x13a0, 0x13ff, SCRIPT_CHEROKEE },
	{ 0x1c80, 0x1c8f, SCRIPT_CYRILLIC },
	{ 0x1c90, 0x1cbf, SCRIPT_GEORGIAN },
	{ 0x1d00, 0x1dbf, SCRIPT_LATIN },
	{ 0x1dc0, 0x1dff, SCRIPT_NONE },
	{ 0x1e00, 0x1eff, SCRIPT_LATIN },
	{ 0x1f00, 0x1fff, SCRIPT_GREEK },
	{ 0x2000, 0x206f, SCRIPT_NONE },
	{ 0x2c60, 0x2c7f, SCRIPT_LATIN },
	{ 0x2d00, 0x2d2f, SCRIPT_GEORGIAN },
	{ 0x2de0, 0x2dff, SCRIPT_CYRILLIC },
	{ 0x2e80, 0x2fdf, SCRIPT_HAN },
	{ 0x3000, 0x3004, SCRIPT_NONE },
	{ 0x3005, 0x3007, SCRIPT_HAN },
	{ 0x3008, 0x3020, SCRIPT_NONE },
	{ 0x3021, 0x3029, SCRIPT_HAN },
	{ 0x3041, 0x30ff, SCRIPT_KANA },
	{ 0x3100, 0x312f, SCRIPT_BOPOMOFO },
	{ 0x3130, 0x318f, SCRIPT_HANGUL },
	{ 0x31a0, 0x31bf, SCRIPT_BOPOMOFO },
	{ 0x31f0, 0x31ff, SCRIPT_KANA },
	{ 0x3400, 0x4dbf, SCRIPT_HAN },
	{ 0x4e00, 0x9fff, SCRIPT_HAN },
	{ 0xa640, 0xa69f, SCRIPT_CYRILLIC },
	{ 0xa720, 0xa7ff, SCRIPT_LATIN },
	{ 0xa960, 0xa97f, SCRIPT_HANGUL },
	{ 0xab30, 0xab6f, SCRIPT_LATIN },
	{ 0xab70, 0xabbf, SCRIPT_CHEROKEE },
	{ 0xac00, 0xd7ff, SCRIPT_HANGUL },
	{ 0xf900, 0xfaff, SCRIPT_HAN },
	{ 0x20000, 0x3ffff, SCRIPT_HAN },
};

/* Letters that are drawn like a Latin one in most faces (Unicode UTS 39,
 * confusables.txt): those of lower case. */
static const uint32_t lookalikes[] = {
	/* Greek: alpha, iota, kappa, nu, omicron, rho, upsilon, chi, lunate
	 * sigma, yot */
	0x3b1, 0x3b9, 0x3ba, 0x3bd, 0x3bf, 0x3c1, 0x3c5, 0x3c7, 0x3f2, 0x3f3,
	/* Cyrillic: a, ve, ge, ie, ka, em, en, o, pe, er, es, te, u, ha, dze,
	 * i, je, shha, izhitsa, palochka, komi de, qa, we */
	0x430, 0x432, 0x433, 0x435, 0x43a, 0x43c, 0x43d, 0x43e, 0x43f, 0x440,
	0x441, 0x442, 0x443, 0x445, 0x455, 0x456, 0x458, 0x4bb, 0x475, 0x4cf,
	0x501, 0x51b, 0x51d
};

static enum script script_of(uint32_t c)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (c >= blocks[i].first && c <= blocks[i].last)
			return blocks[i].script;
	return SCRIPT_OTHER;
}

static bool looks_latin(uint32_t c)
{
	for (size_t i = 0; i < sizeof(lookalikes) / sizeof(lookalikes[0]); i++)
		if (lookalikes[i] == c)
			return true;
	return false;
}

#define BIT(s) (1u << (s))

static bool is_written_together(unsigned int scripts)
{
	static const unsigned int languages[] = {
		BIT(SCRIPT_LATIN) | BIT(SCRIPT_HAN) | BIT(SCRIPT_KANA),
		BIT(SCRIPT_LATIN) | BIT(SCRIPT_HAN) | BIT(SCRIPT_BOPOMOFO),
		BIT(SCRIPT_LATIN) | BIT(SCRIPT_HAN) | BIT(SCRIPT_HANGUL),
	};

	if (!(scripts & (scripts - 1)))
		return true;
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (!(scripts & ~languages[i]))
			return true;
	return false;
}

static const char *take_script(unsigned int *scripts)
{
	int s = SCRIPT_NONE;

	while (s < N_SCRIPTS && !(*scripts & BIT(s)))
		s++;
	if (s == N_SCRIPTS)
		return NULL;
	*scripts &= ~BIT(s);
	return names[s];
}

static bool is_odd(const uint32_t *text, size_t n, struct script_look *ret)
{
	unsigned int scripts = 0;
	bool is_likeness = true;

	for (size_t i = 0; i < n; i++) {
		enum script s = script_of(text[i]);

		if (s == SCRIPT_NONE)
			continue;
		scripts |= BIT(s);
		is_likeness &= looks_latin(text[i]);
	}
	if (is_written_together(scripts) && (!scripts || !is_likeness))
		return false;
	ret->first = take_script(&scripts);
	ret->second = take_script(&scripts);
	return true;
}

static bool label_is_odd(const char *label, struct script_look *ret)
{
	uint32_t *text = NULL;
	size_t n = 0;
	bool odd;

	if (strncmp(label, "xn--", 4) != 0 ||
	    idn2_to_unicode_8z4z(label, &text, 0) != IDN2_OK)
		return false;
	while (text[n])
		n++;
	odd = is_odd(text, n, ret);
	idn2_free(text);
	return odd;
}

bool script_is_odd(const struct dname *name, struct script_look *ret)
{
	for (const uint8_t *p = name->wire; *p; p += *p + 1) {
		memcpy(ret->label, p + 1, *p);
		ret->label[*p] = '\0';
		if (label_is_odd(ret->label, ret))
			return true;
	}
	return false;
}
