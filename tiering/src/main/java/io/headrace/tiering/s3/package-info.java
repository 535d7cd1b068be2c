/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

/**
 * Chunks as objects of S3, or of a server that speaks its protocol. Workers wait for the requests, which the client of AWS
 * runs on two event loops of its own; those must never be made to wait. The only package that knows the client of AWS.
 */
@NullMarked
package io.headrace.tiering.s3;

import org.jspecify.annotations.NullMarked;
