/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Who may know whom, and what nobody may do. */
@AnalyzeClasses(packages = "io.headrace", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final Predicate<String> TRANSPORT = Pattern.compile(
                    "io\\.(netty|grpc|vertx|headrace\\.codecs)|com\\.google")
            .asPredicate();

    private static final String GENERATED = "io.headrace.codecs.control..";

    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("codecs")
            .definedBy("io.headrace.codecs..")
            .layer("tiering")
            .definedBy("io.headrace.tiering..")
            .layer("engine")
            .definedBy("io.headrace.engine..")
            .layer("verticles")
            .definedBy("io.headrace.verticles..")
            .layer("client")
            .definedBy("io.headrace.client..")
            .layer("server")
            .definedBy("io.headrace.server..")
            .whereLayer("server")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("verticles", "server")
            .whereLayer("verticles")
            .mayOnlyBeAccessedByLayers("server")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("verticles", "server")
            .whereLayer("tiering")
            .mayOnlyBeAccessedByLayers("engine", "verticles", "server");

    @ArchTest
    static final ArchRule ENGINE_IS_FREE_OF_PLATFORMS = noClasses()
            .that()
            .resideInAnyPackage("io.headrace.engine..", "io.headrace.codecs..")
            .and()
            .resideOutsideOfPackage(GENERATED)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "org.apache..", "io.netty.channel..", "java.net..");

    @ArchTest
    static final ArchRule STORAGE_STAYS_BEHIND_ITS_ADAPTERS = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.headrace.verticles.bookkeeper..",
                    "io.headrace.verticles.embedded..",
                    "io.headrace.verticles.zookeeper..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.bookkeeper..", "org.apache.zookeeper..");

    @ArchTest
    static final ArchRule ROCKSDB_STAYS_BEHIND_ITS_ADAPTER = noClasses()
            .that()
            .resideOutsideOfPackage("io.headrace.verticles.rocksdb..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule HADOOP_STAYS_BEHIND_ITS_ADAPTER = noClasses()
            .that()
            .resideOutsideOfPackage("io.headrace.tiering.hdfs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hadoop..");

    @ArchTest
    static final ArchRule THE_CLIENT_OF_AWS_STAYS_BEHIND_ITS_ADAPTER = noClasses()
            .that()
            .resideOutsideOfPackage("io.headrace.tiering.s3..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("software.amazon..");

    /** What users of the client see is the client's own, the JDK's or RxJava's. */
    @ArchTest
    static final ArchRule THE_CLIENT_SHOWS_NO_TRANSPORT = noCodeUnits()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.headrace.client")
            .and()
            .arePublic()
            .should(new ArchCondition<>("show a type of the transport") {
                @Override
                public void check(JavaCodeUnit method, ConditionEvents events) {
                    Stream.concat(Stream.of(method.getReturnType()), method.getParameterTypes().stream())
                            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                            .filter(type -> TRANSPORT.test(type.getPackageName()))
                            .forEach(type -> events.add(new SimpleConditionEvent(
                                    method, true, method.getFullName() + " shows " + type.getName())));
                }
            });

    /** Which storage it is, an address says: the rest of the program sees the port. */
    @ArchTest
    static final ArchRule OTHERS_KNOW_THE_PORT_TO_STORAGES_ONLY = noClasses()
            .that()
            .resideOutsideOfPackage("io.headrace.tiering..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.headrace.tiering.worker..",
                    "io.headrace.tiering.file..",
                    "io.headrace.tiering.hdfs..",
                    "io.headrace.tiering.s3..");

    @ArchTest
    static final ArchRule ENGINE_NEVER_BLOCKS = noClasses()
            .that()
            .resideInAnyPackage("io.headrace.engine..", "io.headrace.codecs..")
            .should()
            .callMethodWhere(blocks())
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Lock.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent", "java.util.concurrent.locks");

    @ArchTest
    static final ArchRule ENGINE_NEVER_LOCKS = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage("io.headrace.engine..", "io.headrace.codecs..")
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage(GENERATED)
            .should()
            .haveModifier(SYNCHRONIZED);

    @ArchTest
    static final ArchRule NOBODY_READS_SERIALIZED_OBJECTS =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream");

    /** State machines get time and randomness as parameters, so that they run under simulation. */
    @ArchTest
    static final ArchRule ENGINE_ASKS_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage("io.headrace.engine..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.concurrent.ThreadLocalRandom.class);

    /** The compiler checks for null only where a package asks for it, which is in the package-info.java it must have. */
    @ArchTest
    static void everyPackageSaysWhatLivesInIt(JavaClasses all) {
        classes()
                .that()
                .resideOutsideOfPackage(GENERATED)
                .should(new ArchCondition<>("be in a package with a @NullMarked package-info") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                        events.add(new SimpleConditionEvent(item, marked, item.getPackageName()));
                    }
                })
                .check(all);
    }

    private static DescribedPredicate<JavaCall<?>> blocks() {
        return new DescribedPredicate<>("blocks") {
            private final Set<String> waits = Set.of("join", "get", "await", "sleep", "wait", "take", "acquire");

            @Override
            public boolean test(JavaCall<?> call) {
                JavaClass owner = call.getTargetOwner();
                return waits.contains(call.getName())
                        && (owner.isAssignableTo(java.util.concurrent.Future.class)
                                || owner.isAssignableTo(Thread.class)
                                // Atomics have a get, too, which waits for nobody.
                                || owner.getPackageName().equals("java.util.concurrent")
                                || owner.getPackageName().equals("java.util.concurrent.locks")
                                || (owner.isEquivalentTo(Object.class)
                                        && call.getName().equals("wait")));
            }
        };
    }
}
