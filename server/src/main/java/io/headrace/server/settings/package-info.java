/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * What can be set and how: one table ({@link io.headrace.server.settings.Settings#ALL}) from which the command line, the
 * environment variables, the configuration file, its documented sample and all validation derive. Used once, on the main
 * thread, before anything else starts; must never know what a setting is used for.
 */
@NullMarked
package io.headrace.server.settings;

import org.jspecify.annotations.NullMarked;
