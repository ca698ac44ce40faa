/*
 * cage.h - the directory that a worker is locked into
 *
 * Below portal.chroot a worker gets what it needs of this machine's files and
 * nothing else, at the paths they always have: mounts that only this worker
 * sees and that end with it. Nothing is copied and nothing is left behind.
 */
#pragma once

#include "core/conf/conf.h"

/*
 * Whether portal.chroot can be used; an empty one always can. CONFIG, with the
 * setting and a remedy in WHY, when it is no directory or has something in it
 * that the worker needs.
 */
MUST_USE enum err
cage_check(const struct conf *conf, char why[static CONF_WHY]);

/*
 * Makes the mounts, for this process alone; it may call chroot(2) with
 * portal.chroot then. Needs root. CONFIG with the reason in WHY.
 */
MUST_USE enum err cage_make(const struct conf *conf, char why[static CONF_WHY]);
