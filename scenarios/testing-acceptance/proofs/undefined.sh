cd ~/"$project" && printf "\n  Scenario: More\n    When somebody does something else\n" >> features/booking.feature
