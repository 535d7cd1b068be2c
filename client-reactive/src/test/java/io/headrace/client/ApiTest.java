/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What programs are compiled against stays: everything public that {@code api.txt} lists is there as it was. New things may
 * come; they are added to the list before a release, from {@code target/api.txt}, which this test writes.
 */
final class ApiTest {
    private static final Path PACKAGE = Path.of("io", "headrace", "client");

    @Test
    void nothingPublicHasGone() throws Exception {
        TreeSet<String> now = new TreeSet<>();
        try (DirectoryStream<Path> classes =
                Files.newDirectoryStream(Path.of("target", "classes").resolve(PACKAGE), "*.class")) {
            for (Path file : classes) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    list(
                            Class.forName(
                                    "io.headrace.client." + name,
                                    false,
                                    getClass().getClassLoader()),
                            now);
                }
            }
        }
        Files.write(Path.of("target", "api.txt"), now);
        assertThat(now).containsAll(baseline());
    }

    private static List<String> baseline() throws IOException {
        return Files.readAllLines(
                Path.of("src", "test", "resources").resolve(PACKAGE).resolve("api.txt"));
    }

    private static void list(Class<?> type, Set<String> to) {
        if (!isPublic(type)) {
            return;
        }
        to.add(type.toGenericString());
        if (type.getGenericSuperclass() != null) {
            to.add(type.getName() + " extends " + type.getGenericSuperclass().getTypeName());
        }
        Arrays.stream(type.getGenericInterfaces())
                .forEach(parent -> to.add(type.getName() + " implements " + parent.getTypeName()));
        for (Method method : type.getDeclaredMethods()) {
            if (isPublic(method.getModifiers()) && !method.isSynthetic()) {
                to.add(method.toGenericString());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isPublic(constructor.getModifiers())) {
                to.add(constructor.toGenericString());
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (isPublic(field.getModifiers())) {
                to.add(field.toGenericString());
            }
        }
    }

    /** Also of everything that it is in. */
    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
    }

    private static boolean isPublic(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }
}
